package io.eric.http;

import io.eric.JsonOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Which pages of other origins may use the HTTP door. By default none. */
public final class CorsOptions {

  private List<String> origins = List.of();
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
    return options.setOrigins(options.origins).setCredentials(options.credentials);
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Origins like {@code https://example.org:8443}, or {@code *} alone for every one. Default none:
   * no page of another origin gets in, and requests that name no origin are not affected.
   */
  public List<String> getOrigins() {
    return origins;
  }

  /** See {@link #getOrigins()}. */
  public CorsOptions setOrigins(List<String> origins) {
    if (origins.size() > 1 && origins.contains("*")) {
      throw new IllegalArgumentException("origins: * stands alone");
    }
    this.origins = List.copyOf(origins);
    checkCredentials();
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
