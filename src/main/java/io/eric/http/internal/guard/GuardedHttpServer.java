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
 * An HTTP server that bounds its connections from the accept on: the pipeline of each connection
 * starts with a {@link ConnectionGuard}. On one event loop only, except for the accept.
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

  /** The guards of connections that Vert.x has not shown yet. */
  private final Map<Ends, ConnectionGuard> accepted = new HashMap<>();

  /** The guards of connections that Vert.x has shown. */
  private final IdentityHashMap<HttpConnection, ConnectionGuard> guards = new IdentityHashMap<>();

  private int connections;

  /**
   * Creates the bounds of one server, which {@link #listen} starts.
   *
   * @param context the event-loop context that the server runs on
   */
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
   * Starts a server, whose {@link HttpServer#connectionHandler} must call {@link #shown}. All
   * events of the server happen on the event loop of the given context.
   *
   * @return fails if the server cannot listen, for example because the port is in use
   */
  public Future<HttpServer> listen(HttpServer server, Context context) {
    accepts.servers.putIfAbsent(eventLoop, this);
    return ((HttpServerInternal) server)
        .listen(
            ServerChannels.handledBy(
                (ContextInternal) context, () -> new AcceptHandler(accepts.servers)));
  }

  /** Makes the acceptor close connections that are given to this event loop from now on. */
  public void close() {
    accepts.servers.remove(eventLoop, this);
  }

  /** Returns how many connections are open. */
  public int connections() {
    return connections;
  }

  /** Takes over a connection that Vert.x shows, before its first request. */
  public void shown(HttpConnection connection) {
    // If there are more servers than event loops, another server has accepted the connection.
    GuardedHttpServer acceptor = accepts.servers.getOrDefault(eventLoop, this);
    Ends ends = Ends.of(connection);
    ConnectionGuard guard = ends == null ? null : acceptor.accepted.remove(ends);
    if (guard == null) { // the connection is closed by now
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

  /**
   * Returns the bound that forbids another connection; null if none does, and then the client has
   * one more.
   */
  private @Nullable CounterName bound(Object client) {
    if (connections >= options.getMaxConnections()) {
      return CounterName.HTTP_CONNECTIONS_REFUSED;
    }
    if (!rate.allows(System.nanoTime())) {
      return CounterName.HTTP_CONNECTIONS_TOO_FAST;
    }
    return clients.take(client) ? null : CounterName.HTTP_CONNECTIONS_CLIENT;
  }

  /** Stands in the channel of the listening socket and sees each connection first. */
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

    /** Runs on the event loop that the connection was given to. */
    private void guard(Channel channel) {
      GuardedHttpServer server = servers.get(channel.eventLoop());
      if (server == null) {
        var unused = channel.close();
      } else {
        server.guard(channel);
      }
    }
  }

  /** The servers of one port by event loop. Vert.x opens one listening socket for all of them. */
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

  /**
   * The addresses that tell an open connection from all others. A closed connection may have lost
   * them.
   */
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
