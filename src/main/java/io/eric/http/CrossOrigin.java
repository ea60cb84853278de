package io.eric.http;

import io.eric.internal.Origins;
import io.eric.options.CorsOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.TimeUnit;

/**
 * Tells browsers what pages of allowed origins may do and read (CORS), and answers preflight
 * requests. {@link OriginPolicy} has decided before whether an origin is allowed. A request of the
 * hub's own origin is not cross-origin and gets no CORS headers.
 */
final class CrossOrigin {

  private static final String METHODS = "GET,HEAD,POST,PUT,DELETE";
  private static final String EXPOSED = "Eric-Message-Id,Eric-Position,Retry-After";
  private static final String MAX_AGE = String.valueOf(TimeUnit.HOURS.toSeconds(1));

  private final Origins origins;
  private final boolean credentials;
  private final String headers;

  CrossOrigin(CorsOptions options) {
    this.origins = new Origins(options.getOrigins());
    this.credentials = options.isCredentials();
    this.headers = String.join(",", options.getHeaders());
  }

  /** Adds the header fields that a browser needs to show the answer to its page. */
  void permit(HttpServerRequest request, String host) {
    if (origins.allowNone()) {
      return;
    }
    String origin = request.headers().get(HttpHeaders.ORIGIN);
    HttpServerResponse response = request.response();
    if (!origins.allowAny()) {
      // Caches must not give one origin's answer to another origin.
      response.headers().add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
    }
    if (origin == null || Origins.isOwn(origin, host)) {
      return;
    }
    response
        .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origins.allowAny() ? "*" : origin)
        .putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    if (credentials) {
      response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    }
  }

  /**
   * Answers a preflight request.
   *
   * @return false if the request is none
   */
  boolean answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (!request.method().equals(HttpMethod.OPTIONS)
        || !response.headers().contains(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)
        || !request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD)) {
      return false;
    }
    response.headers().remove(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS);
    response
        .setStatusCode(204)
        .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
        .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, headers)
        .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE)
        .end();
    return true;
  }
}
