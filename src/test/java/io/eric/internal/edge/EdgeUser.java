package io.eric.internal.edge;

import io.eric.options.EdgeOptions;
import io.eric.testing.Hub;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.VertxInternal;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Uses an edge as a door does: on one context. */
final class EdgeUser {

  final Edge edge;
  private final Context context;

  EdgeUser(Hub hub, EdgeOptions options) {
    context = ((VertxInternal) hub.vertx).createEventLoopContext();
    Promise<Edge> made = Promise.promise();
    context.runOnContext(v -> made.complete(new Edge(hub.vertx, new LineFormat(), options)));
    edge = Hub.await(made.future());
    await(edge::start);
  }

  /** Opens a stream for this client and begins it. */
  Client open(String channel, @Nullable String listener, @Nullable String after) {
    Client client = new Client();
    await(() -> opening(client, channel, listener, after));
    return client;
  }

  Client open(String channel, @Nullable String listener) {
    return open(channel, listener, null);
  }

  /** Opens a stream and begins it when it is open. On the edge's context. */
  Future<EdgeStream> opening(
      Client client, String channel, @Nullable String listener, @Nullable String after) {
    return edge.open(channel, listener, after)
        .whenAttached()
        .onSuccess(
            stream -> {
              client.stream = stream;
              stream.begin(client);
            });
  }

  /** Runs on the edge's context and waits. */
  void run(Runnable action) {
    await(
        () -> {
          action.run();
          return Future.succeededFuture();
        });
  }

  /** Runs on the edge's context, some time. */
  void post(Runnable action) {
    context.runOnContext(v -> action.run());
  }

  <T> T await(Supplier<Future<T>> action) {
    Promise<T> done = Promise.promise();
    context.runOnContext(v -> action.get().onSuccess(done::complete).onFailure(done::fail));
    return Hub.await(done.future());
  }
}
