package io.eric.http;

import io.eric.EricException;
import io.eric.UnavailableException;
import io.eric.http.internal.sse.SseFormat;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/**
 * Refuses streams. A browser does not reconnect after a 503, so an EventSource gets an empty stream
 * with a retry if the refusal is temporary. For any thread.
 */
final class StreamRefusal {

  /**
   * The retry that an EventSource gets when there is no room for it, in milliseconds before the
   * jitter.
   */
  private static final int OVERLOAD_RETRY_MS = 5_000;

  private final SseFormat format;
  private final int retryMs;

  /**
   * Creates the refusal of one door.
   *
   * @param retryFloorMs the least retry that the door gives, in milliseconds
   */
  StreamRefusal(SseFormat format, int retryFloorMs) {
    this.format = format;
    this.retryMs = Math.max(retryFloorMs, OVERLOAD_RETRY_MS);
  }

  /** Refuses a stream, unless an answer has begun or the client is gone. */
  void send(HttpServerRequest request, EricException error) {
    HttpServerResponse response = request.response();
    String accept = request.headers().get(HttpHeaders.ACCEPT);
    if (!(error instanceof UnavailableException)
        || accept == null
        || !accept.contains("text/event-stream")) {
      Problem.send(response, error);
      return;
    }
    if (response.ended() || response.closed()) {
      return;
    }
    StreamHead.write(response);
    boolean http1 = request.version() != HttpVersion.HTTP_2;
    if (http1) {
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    Future<Void> written = response.end(format.refusal(SseFormat.jittered(retryMs)));
    if (http1) {
      written.onComplete(done -> request.connection().close());
    }
  }
}
