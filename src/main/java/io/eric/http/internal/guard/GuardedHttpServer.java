package io.eric.http.internal.guard;

import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.HttpOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
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
    accepts.loops.computeIfAbsent(eventLoop, first -> new LoopServers()).servers.add(this);
    return ((HttpServerInternal) server)
        .listen(
            ServerChannels.handledBy(
                (ContextInternal) context, () -> new AcceptHandler(accepts.loops)));
  }

  /**
   * Accepts no more connections. Another server of the port on this event loop goes on; without
   * one, connections that are given to this event loop from now on are closed.
   */
  public void close() {
    LoopServers loop = accepts.loops.get(eventLoop);
    if (loop == null || !loop.servers.remove(this)) {
      return;
    }
    GuardedHttpServer next = loop.servers.peek();
    if (next == null) {
      accepts.loops.remove(eventLoop);
    }
    // The loop runs over a copy, because closing a connection removes it from the map.
    for (Accepted waiting : List.copyOf(loop.accepted.values())) {
      if (waiting.server != this) {
        continue;
      }
      if (next == null || !next.takeOver(waiting)) {
        var unused = waiting.channel.close();
      }
    }
  }

  /** Returns how many connections are open. */
  public int connections() {
    return connections;
  }

  /** Takes over a connection that Vert.x shows, before its first request. */
  public void shown(HttpConnection connection) {
    LoopServers loop = accepts.loops.get(eventLoop);
    Ends ends = Ends.of(connection);
    Accepted accepted = loop == null || ends == null ? null : loop.accepted.remove(ends);
    // If there are more servers than event loops, another server may have accepted the connection.
    if (accepted == null || (accepted.server != this && !takeOver(accepted))) {
      connection.close();
      return;
    }
    ConnectionGuard guard = accepted.guard;
    guards.put(connection, guard);
    guard.onRemoval(() -> guards.remove(connection));
  }

  @Override
  public @Nullable ConnectionGuard find(HttpConnection connection) {
    return guards.get(connection);
  }

  private void accept(Channel channel, Map<Ends, Accepted> waiting) {
    Ends ends = Ends.of(channel);
    if (ends == null) {
      var unused = channel.close();
      return;
    }
    Object client = ClientQuota.client(((InetSocketAddress) channel.remoteAddress()).getAddress());
    if (!admits(client)) {
      var unused = channel.close();
      return;
    }
    meters.count(CounterName.HTTP_CONNECTIONS);
    ConnectionGuard guard = new ConnectionGuard(client, meters, limits);
    Accepted accepted = new Accepted(channel, client, this, guard);
    waiting.put(ends, accepted);
    var unused =
        channel
            .closeFuture()
            .addListener(
                closed -> {
                  accepted.server.left(client);
                  waiting.remove(ends, accepted);
                });
    channel
        .pipeline()
        .addLast("guard", guard)
        .addLast("errors", new IoErrors())
        .addLast("slices", new InputSlices());
    if (options.isHttp2()) {
      UpgradeFilter.place(channel.pipeline());
    }
  }

  /**
   * Makes a connection that another server has accepted one of this server, whose bounds hold from
   * now on. Those of the other server would end with that server.
   *
   * @return false if the connection is closed, or is one too many and must be closed
   */
  private boolean takeOver(Accepted accepted) {
    ChannelPipeline pipeline = accepted.guard.pipeline();
    if (pipeline == null || !admits(accepted.client)) {
      return false;
    }
    accepted.server.left(accepted.client);
    accepted.server = this;
    ConnectionGuard replaced = accepted.guard;
    accepted.guard = new ConnectionGuard(accepted.client, meters, limits);
    pipeline.replace(replaced, "guard", accepted.guard);
    return true;
  }

  /** Counts a connection, or the bound that forbids it. */
  private boolean admits(Object client) {
    CounterName bound = bound(client);
    if (bound != null) {
      meters.count(bound);
      return false;
    }
    connections++;
    return true;
  }

  private void left(Object client) {
    connections--;
    clients.release(client);
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

    private final ConcurrentMap<EventLoop, LoopServers> loops;

    private AcceptHandler(ConcurrentMap<EventLoop, LoopServers> loops) {
      this.loops = loops;
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
      LoopServers loop = loops.get(channel.eventLoop());
      GuardedHttpServer server = loop == null ? null : loop.servers.peek();
      if (loop == null || server == null) {
        var unused = channel.close();
      } else {
        server.accept(channel, loop.accepted);
      }
    }
  }

  /** The servers of one port by event loop. Vert.x opens one listening socket for all of them. */
  private record Accepts(ConcurrentMap<EventLoop, LoopServers> loops) implements Shareable {

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
   * The servers of one port on one event loop, on which alone this is used. The first one accepts
   * all connections, because Vert.x has not chosen the server of a connection at that time.
   */
  private static final class LoopServers {

    private final Deque<GuardedHttpServer> servers = new ArrayDeque<>(1);

    /** The connections that Vert.x has not shown yet. */
    private final Map<Ends, Accepted> accepted = new HashMap<>();
  }

  /** A connection, with the server that counts it and whose limits its guard has. */
  private static final class Accepted {

    private final Channel channel;
    private final Object client;
    private GuardedHttpServer server;
    private ConnectionGuard guard;

    private Accepted(
        Channel channel, Object client, GuardedHttpServer server, ConnectionGuard guard) {
      this.channel = channel;
      this.client = client;
      this.server = server;
      this.guard = guard;
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
