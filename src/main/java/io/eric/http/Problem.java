package io.eric.http;

import io.eric.EricException;
import io.eric.UnavailableException;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/**
 * Answers with an error, docs/PROTOCOL.md section 2. The answer is {@code application/problem+json}
 * with the members {@code error} (the error's name) and {@code message} (the text that the socket
 * shows) besides the standard ones.
 */
final class Problem {

  private static final CharSequence TYPE = HttpHeaders.createOptimized("application/problem+json");

  /** The seconds after which a client may come back, if the error does not know better. */
  private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("1");

  private Problem() {}

  /** Answers with an error, unless an answer has begun or the client is gone. */
  static void send(HttpServerResponse response, EricException error) {
    send(response, error.code(), error);
  }

  /** Answers with a refusal, unless an answer has begun or the client is gone. */
  static void send(HttpServerResponse response, Refusal refusal) {
    send(response, refusal.status(), refusal.error());
  }

  /**
   * As {@link #send(HttpServerResponse, EricException)}, with a status that is more specific than
   * the error's own.
   */
  static void send(HttpServerResponse response, int status, EricException error) {
    if (response.ended() || response.closed() || response.headWritten()) {
      return;
    }
    if (status == 429 || status == 503) {
      response.putHeader(HttpHeaders.RETRY_AFTER, retryAfter(error));
    }
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, TYPE)
        .end(body(status, error).toBuffer());
  }

  private static CharSequence retryAfter(EricException error) {
    int seconds = error instanceof UnavailableException wait ? wait.retryAfter() : 1;
    return seconds == 1 ? RETRY_AFTER : Integer.toString(seconds);
  }

  private static JsonObject body(int status, EricException error) {
    return new JsonObject()
        .put("type", "about:blank")
        .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
        .put("status", status)
        .put("detail", error.getMessage())
        .put("error", error.name())
        .put("message", error.text());
  }
}
