package io.eric.options;

import io.eric.internal.Origins;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.regex.Pattern;

/** Which pages of other origins may use the HTTP door. By default none. */
public final class CorsOptions {

  /** A token of RFC 9110, 5.6.2, without {@code *}, which stands for all names in some places. */
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'+.^_`|~-]+");

  private List<String> origins = List.of();
  private List<String> headers =
      List.of(
          "Authorization",
          "Cache-Control",
          "Content-Type",
          "Idempotency-Key",
          "Last-Event-ID",
          "X-Requested-With");
  private boolean credentials;

  /** The defaults. */
  public CorsOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static CorsOptions fromJson(JsonObject json) {
    CorsOptions options = JsonOptions.read(json, CorsOptions.class);
    return options
        .setOrigins(options.origins)
        .setHeaders(options.headers)
        .setCredentials(options.credentials);
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Origins like {@code https://example.org:8443} or {@code capacitor://localhost}, or {@code *}
   * alone for every one. Default none: no page of another origin gets in; the hub's own pages
   * always do, and so do programs, which name no origin.
   */
  public List<String> getOrigins() {
    return origins;
  }

  /** See {@link #getOrigins()}. */
  public CorsOptions setOrigins(List<String> origins) {
    this.origins = Origins.checked(origins);
    checkCredentials();
    return this;
  }

  /**
   * Headers that pages of other origins may send, besides those that need no permission. Default
   * Authorization, Cache-Control, Content-Type, Idempotency-Key, Last-Event-ID, X-Requested-With.
   */
  public List<String> getHeaders() {
    return headers;
  }

  /** See {@link #getHeaders()}. */
  public CorsOptions setHeaders(List<String> headers) {
    for (String header : headers) {
      if (!HEADER_NAME.matcher(header).matches()) {
        throw new IllegalArgumentException(
            "headers: \"" + header + "\" is no header's name, like X-Requested-With");
      }
    }
    this.headers = List.copyOf(headers);
    return this;
  }

  /** Whether browsers may send cookies. Not together with the origin {@code *}. Default false. */
  public boolean isCredentials() {
    return credentials;
  }

  /** See {@link #isCredentials()}. */
  public CorsOptions setCredentials(boolean credentials) {
    this.credentials = credentials;
    checkCredentials();
    return this;
  }

  private void checkCredentials() {
    if (credentials && origins.contains("*")) {
      throw new IllegalArgumentException(
          "credentials needs named origins: with * every page on the web could act as the"
              + " user");
    }
  }
}
