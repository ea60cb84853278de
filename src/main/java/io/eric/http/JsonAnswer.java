package io.eric.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.Json;
import org.jspecify.annotations.Nullable;

/** Answers with JSON and status 200, unless nobody is there any more. */
final class JsonAnswer {

  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final Buffer NULL = Buffer.buffer("null");

  private JsonAnswer() {}

  /** A value. */
  static void value(HttpServerResponse response, @Nullable Object value) {
    json(response, Json.encode(value));
  }

  /** JSON text. */
  static void json(HttpServerResponse response, String text) {
    send(response, Buffer.buffer(text));
  }

  /** {@code null}: it is done, and there is nothing to say. */
  static void nothing(HttpServerResponse response) {
    send(response, NULL);
  }

  private static void send(HttpServerResponse response, Buffer body) {
    if (!response.ended() && !response.closed()) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(body);
    }
  }
}
