package io.eric.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;

/** The header fields with which every stream begins. */
final class StreamHead {

  private static final CharSequence EVENT_STREAM = HttpHeaders.createOptimized("text/event-stream");
  private static final CharSequence NO_STORE =
      HttpHeaders.createOptimized("no-store, no-transform");
  private static final CharSequence X_ACCEL_BUFFERING =
      HttpHeaders.createOptimized("x-accel-buffering");
  private static final CharSequence NO = HttpHeaders.createOptimized("no");

  private StreamHead() {}

  static void write(HttpServerResponse response) {
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, EVENT_STREAM)
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .putHeader(X_ACCEL_BUFFERING, NO);
  }
}
