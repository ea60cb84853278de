package io.eric.http.internal.sse;

import io.eric.http.internal.guard.ConnectionGuard;
import io.eric.internal.edge.StreamSink;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * The connection of an event stream: the response to one request, over HTTP/1.x or HTTP/2. On the
 * connection's event loop only.
 */
final class HttpStreamSink implements StreamSink {

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final ConnectionGuard guard;

  /** Creates a sink for a response whose head is written. */
  HttpStreamSink(HttpServerRequest request, ConnectionGuard guard) {
    this.request = request;
    this.guard = guard;
    this.response = request.response();
  }

  @Override
  public Future<Void> write(Buffer bytes) {
    if (response.ended() || response.closed()) {
      return Future.failedFuture("the stream has ended");
    }
    return response.write(bytes);
  }

  @Override
  public boolean isFull() {
    return !response.ended() && response.writeQueueFull();
  }

  @Override
  public void end(@Nullable Buffer last) {
    if (response.ended() || response.closed()) {
      return;
    }
    Future<Void> ended = last == null ? response.end() : response.end(last);
    if (request.version() == HttpVersion.HTTP_1_0) {
      // HTTP/1.0 has no chunks, so the end of the connection ends the body.
      ended.onComplete(written -> request.connection().close());
    }
  }

  /**
   * Ends the connection, or on HTTP/2 only the stream, so that the connection's other streams go
   * on. A connection whose client does not read is closed in any case.
   */
  @Override
  public void abort() {
    if (request.version() == HttpVersion.HTTP_2 && guard.isWritable()) {
      response.reset();
    } else {
      guard.abort();
    }
  }
}
