package io.eric.cluster.link;

import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.net.ConnectException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sockets between nodes, all on one context. This is the one place where their options are
 * made.
 */
final class LinkSockets implements Wire.Dialer {

  /** How long a connection may take; more than a packet that is sent once again. */
  private static final int CONNECT_TIMEOUT_MS = 2_000;

  private final ContextInternal context;
  private final NetClient client;
  private @Nullable NetServer server;

  LinkSockets(ContextInternal context) {
    this.context = context;
    this.client = context.owner().createNetClient(clientOptions());
  }

  private static NetServerOptions serverOptions() {
    return new NetServerOptions().setTcpNoDelay(true).setRegisterWriteHandler(false);
  }

  private static NetClientOptions clientOptions() {
    return new NetClientOptions()
        .setTcpNoDelay(true)
        .setRegisterWriteHandler(false)
        .setConnectTimeout(CONNECT_TIMEOUT_MS);
  }

  /**
   * Listens; on the context.
   *
   * @return the port; fails naming the address
   */
  Future<Integer> listen(String host, int port, Consumer<Wire> connected) {
    NetServer listening =
        context
            .owner()
            .createNetServer(serverOptions())
            .connectHandler(socket -> connected.accept(new SocketWire(socket)));
    server = listening;
    return listening
        .listen(port, host)
        .map(NetServer::actualPort)
        .recover(
            e ->
                Future.failedFuture(
                    new IllegalStateException(
                        "the port for other nodes, "
                            + host
                            + ":"
                            + port
                            + ", cannot be listened at: "
                            + e.getMessage(),
                        e)));
  }

  @Override
  public Future<Wire> dial(String host, int port) {
    Promise<Wire> dialled = context.promise();
    client
        .connect(port, host)
        .onComplete(
            made -> {
              if (made.succeeded()) {
                dialled.complete(new SocketWire(made.result()));
              } else {
                dialled.fail(made.cause());
              }
            });
    return dialled.future();
  }

  /**
   * Finds out whether nobody listens at an address; on the context.
   *
   * @return true if a connection is refused; false if it is accepted, or nothing answers
   */
  Future<Boolean> isRefused(String host, int port) {
    return client
        .connect(port, host)
        .transform(
            made ->
                made.succeeded()
                    ? made.result().close().map(false)
                    : Future.succeededFuture(isRefusal(made.cause())));
  }

  private static boolean isRefusal(Throwable failure) {
    return failure instanceof ConnectException && !(failure instanceof ConnectTimeoutException);
  }

  /** Listens no more, and closes all connections; on the context. */
  Future<Void> close() {
    NetServer listening = server;
    server = null;
    Future<Void> closed = listening == null ? Future.succeededFuture() : listening.close();
    return closed.eventually(client::close);
  }
}
