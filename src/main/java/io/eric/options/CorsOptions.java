package io.eric.options;

import io.eric.internal.Origins;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which pages of other origins may use the HTTP door. By default none may.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
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

  /** Creates options that have the defaults. */
  public CorsOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public CorsOptions(JsonObject json) {
    JsonOptions.read(json, this);
  }

  /** Copies options. */
  public CorsOptions(CorsOptions other) {
    this(other.toJson());
  }

  /** Returns all settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Returns the origins whose pages may use the door, such as {@code https://example.org:8443} or
   * {@code capacitor://localhost}, or {@code *} alone for every origin. The default is none: pages
   * of other origins are refused. The hub's own pages are always allowed, and so are programs,
   * because they name no origin.
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
   * Returns the headers that pages of other origins may send, besides those that need no
   * permission. The default is Authorization, Cache-Control, Content-Type, Idempotency-Key,
   * Last-Event-ID, X-Requested-With.
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

  /**
   * Returns whether browsers may send cookies, which the origin {@code *} excludes. The default is
   * false.
   */
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
