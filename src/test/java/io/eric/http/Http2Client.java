package io.eric.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.util.function.Consumer;

/** One connection of HTTP/2, with prior knowledge, and up to a thousand streams. */
final class Http2Client implements AutoCloseable {

  private final Vertx vertx = Vertx.vertx();
  private final HttpClientAgent client;
  private final int port;

  Http2Client(HttpHub hub) {
    this(hub, 65_535);
  }

  /** With a window of this many bytes for each stream. */
  Http2Client(HttpHub hub, int window) {
    port = hub.port();
    client =
        vertx
            .httpClientBuilder()
            .with(
                new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false)
                    .setHttp2MultiplexingLimit(1_000)
                    .setInitialSettings(new Http2Settings().setInitialWindowSize(window)))
            .with(new PoolOptions().setHttp2MaxSize(1))
            .build();
  }

  HttpClientRequest request(HttpMethod method, String path) {
    return HttpHub.await(client.request(method, port, "127.0.0.1", path));
  }

  /** The whole answer's status. */
  Future<Integer> get(String path) {
    return client
        .request(HttpMethod.GET, port, "127.0.0.1", path)
        .compose(request -> whole(request));
  }

  /** Sends a request without a body; gives the status when the whole answer is there. */
  Future<Integer> whole(HttpClientRequest request) {
    Future<Integer> status =
        request.response().compose(answer -> answer.end().map(end -> answer.statusCode()));
    request.end();
    return status;
  }

  /**
   * Sends a request without a body.
   *
   * @param reader sets up how the answer is read, before anything of it can be missed
   */
  Future<HttpClientResponse> send(HttpClientRequest request, Consumer<HttpClientResponse> reader) {
    Future<HttpClientResponse> answer =
        request
            .response()
            .map(
                begun -> {
                  reader.accept(begun);
                  return begun;
                });
    request.end();
    return answer;
  }

  @Override
  public void close() {
    HttpHub.await(vertx.close());
  }
}
