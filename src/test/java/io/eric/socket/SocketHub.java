package io.eric.socket;

import io.eric.channel.ChannelContainer;
import io.eric.log.indexed.MemoryStore;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.options.SSEChannelOptions;
import io.eric.options.SocketOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A hub in memory with the socket door only, each with its own Vert.x and directory. */
final class SocketHub implements AutoCloseable {

  final Vertx vertx = Vertx.vertx();
  final Path directory;
  final Path path;
  final SocketServer server;
  final ChannelContainer channels;

  SocketHub() throws Exception {
    this(new SocketOptions());
  }

  SocketHub(SocketOptions options) throws Exception {
    directory = Files.createTempDirectory("eric");
    path = directory.resolve("s");
    channels = new ChannelContainer(vertx, MemoryStore.create(), new SSEChannelOptions());
    await(channels.start());
    server = new SocketServer(options.setPath(path.toString()));
    await(vertx.deployVerticle(server));
  }

  String call(String request) throws IOException {
    return RawClient.call(path, request);
  }

  RawClient connect() throws IOException {
    return new RawClient(path);
  }

  /** Creates channel {@code ch} with listener {@code me}. */
  SocketHub withListener() throws IOException {
    call("{\"v\":\"c\",\"c\":\"ch\"}");
    call("{\"v\":\"r\",\"c\":\"ch\",\"r\":\"me\"}");
    return this;
  }

  long sample(GaugeName gauge) throws Exception {
    return await(Meters.of(vertx).sample(vertx)).get(gauge);
  }

  int connections() {
    return server.connections();
  }

  @Override
  public void close() throws Exception {
    await(vertx.close());
    Files.deleteIfExists(path);
    Files.deleteIfExists(directory);
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
