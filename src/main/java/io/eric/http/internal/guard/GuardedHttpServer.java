package io.eric.http.internal.guard;

import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.HttpOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.HttpServerInternal;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.shareddata.Shareable;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server that bounds its connections from the accept on: the pipelines of its connections
 * start with a {@link ConnectionGuard}. On one event loop, but for the accept.
 */
public final class GuardedHttpServer implements Connections {

  private static final String MAP = "io.eric.http.accepts";

  private final HttpOptions options;
  private final Meters meters;
  private final ConnectionRate rate;
  private final ClientQuota clients;
  private final ConnectionGuard.Limits limits;
  private final Accepts accepts;
  private final EventLoop eventLoop;

  /** Of the connections that Vert.x has not shown yet. */
  private final Map<Ends, ConnectionGuard> accepted = new HashMap<>();

  /** Of those that it has. */
  private final IdentityHashMap<HttpConnection, ConnectionGuard> guards = new IdentityHashMap<>();

  private int connections;

  public GuardedHttpServer(
      Vertx vertx,
      Context context,
      HttpOptions options,
      Meters meters,
      ConnectionGuard.Limits limits) {
    this.options = options;
    this.meters = meters;
    this.rate = new ConnectionRate(options.getMaxConnectionsPerSecond(), System.nanoTime());
    this.clients = new ClientQuota(options.getMaxConnectionsPerClient());
    this.limits = limits;
    this.accepts = Accepts.of(vertx, options);
    this.eventLoop = ((ContextInternal) context).nettyEventLoop();
  }

  /**
   * Starts a server, whose {@link HttpServer#connectionHandler} must call {@link #shown};
   * everything of it happens on the event loop of the given context.
   */
  public Future<HttpServer> listen(HttpServer server, Context context) {
    accepts.servers.putIfAbsent(eventLoop, this);
    return ((HttpServerInternal) server)
        .listen(
            ServerChannels.handledBy(
                (ContextInternal) context, () -> new AcceptHandler(accepts.servers)));
  }

  /** Nothing is accepted for this server any more. */
  public void close() {
    accepts.servers.remove(eventLoop, this);
  }

  /** How many are open. */
  public int connections() {
    return connections;
  }

  /** Vert.x shows a connection, before its first request. */
  public void shown(HttpConnection connection) {
    // Where there are more servers than event loops, another one has accepted it.
    GuardedHttpServer acceptor = accepts.servers.getOrDefault(eventLoop, this);
    Ends ends = Ends.of(connection);
    ConnectionGuard guard = ends == null ? null : acceptor.accepted.remove(ends);
    if (guard == null) { // it is closed by now
      connection.close();
      return;
    }
    guards.put(connection, guard);
    guard.onRemoval(() -> guards.remove(connection));
  }

  @Override
  public @Nullable ConnectionGuard find(HttpConnection connection) {
    return guards.get(connection);
  }

  private void guard(Channel channel) {
    Ends ends = Ends.of(channel);
    if (ends == null) {
      var unused = channel.close();
      return;
    }
    Object client = ClientQuota.client(((InetSocketAddress) channel.remoteAddress()).getAddress());
    CounterName bound = bound(client);
    if (bound != null) {
      meters.count(bound);
      var unused = channel.close();
      return;
    }
    meters.count(CounterName.HTTP_CONNECTIONS);
    connections++;
    ConnectionGuard guard = new ConnectionGuard(client, meters, limits);
    accepted.put(ends, guard);
    var unused =
        channel
            .closeFuture()
            .addListener(
                closed -> {
                  connections--;
                  clients.release(client);
                  accepted.remove(ends, guard);
                });
    channel.pipeline().addLast("guard", guard).addLast("slices", new InputSlices());
    if (options.isHttp2()) {
      UpgradeFilter.place(channel.pipeline());
    }
  }

  /** What forbids another connection; if nothing does, the client has one more. */
  private @Nullable CounterName bound(Object client) {
    if (connections >= options.getMaxConnections()) {
      return CounterName.HTTP_CONNECTIONS_REFUSED;
    }
    if (!rate.allows(System.nanoTime())) {
      return CounterName.HTTP_CONNECTIONS_TOO_FAST;
    }
    return clients.take(client) ? null : CounterName.HTTP_CONNECTIONS_CLIENT;
  }

  /** In the listening socket's channel: sees each connection first. */
  private static final class AcceptHandler extends ChannelInboundHandlerAdapter {

    private final ConcurrentMap<EventLoop, GuardedHttpServer> servers;

    private AcceptHandler(ConcurrentMap<EventLoop, GuardedHttpServer> servers) {
      this.servers = servers;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object connection) {
      ((Channel) connection)
          .pipeline()
          .addLast(
              new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                  guard(channel);
                }
              });
      ctx.fireChannelRead(connection);
    }

    /** The connection has been given to an event loop, and this is on it. */
    private void guard(Channel channel) {
      GuardedHttpServer server = servers.get(channel.eventLoop());
      if (server == null) {
        var unused = channel.close();
      } else {
        server.guard(channel);
      }
    }
  }

  /** The servers of one port by event loop: Vert.x opens one listening socket for all of them. */
  private record Accepts(ConcurrentMap<EventLoop, GuardedHttpServer> servers) implements Shareable {

    private static Accepts of(Vertx vertx, HttpOptions options) {
      if (options.getPort() == 0) {
        return new Accepts(new ConcurrentHashMap<>());
      }
      return vertx
          .sharedData()
          .<String, Accepts>getLocalMap(MAP)
          .computeIfAbsent(
              options.getHost() + ':' + options.getPort(),
              none -> new Accepts(new ConcurrentHashMap<>()));
    }
  }

  /** What tells an open connection from all others; one that is closed may have lost it. */
  private record Ends(@Nullable String remote, int remotePort, @Nullable String local) {

    private static @Nullable Ends of(HttpConnection connection) {
      SocketAddress remote = connection.remoteAddress();
      SocketAddress local = connection.localAddress();
      return remote == null || local == null
          ? null
          : new Ends(remote.hostAddress(), remote.port(), local.hostAddress());
    }

    private static @Nullable Ends of(Channel channel) {
      return channel.remoteAddress() instanceof InetSocketAddress remote
              && channel.localAddress() instanceof InetSocketAddress local
          ? new Ends(
              remote.getAddress().getHostAddress(),
              remote.getPort(),
              local.getAddress().getHostAddress())
          : null;
    }
  }
}
