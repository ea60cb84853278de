package io.eric.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.Json;
import org.jspecify.annotations.Nullable;

/** Answers with JSON and status 200, unless the client is gone. */
final class JsonAnswer {

  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final Buffer NULL = Buffer.buffer("null");

  private JsonAnswer() {}

  /** Answers with a value, encoded as JSON. */
  static void value(HttpServerResponse response, @Nullable Object value) {
    json(response, Json.encode(value));
  }

  /** Answers with JSON text. */
  static void json(HttpServerResponse response, String text) {
    send(response, Buffer.buffer(text));
  }

  /** Answers with {@code null}: the command is done and has no result. */
  static void nothing(HttpServerResponse response) {
    send(response, NULL);
  }

  private static void send(HttpServerResponse response, Buffer body) {
    if (!response.ended() && !response.closed()) {
      response.putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(body);
    }
  }
}
