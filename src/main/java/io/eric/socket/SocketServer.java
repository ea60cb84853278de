package io.eric.socket;

import io.eric.UnavailableException;
import io.eric.internal.FifoTurns;
import io.eric.internal.client.BusClient;
import io.eric.internal.edge.Edge;
import io.eric.internal.protocol.CommandReader;
import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.options.SocketOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Unix socket door. Deploy this verticle on an event loop of a Vert.x instance without native
 * transport. Several instances share one socket.
 *
 * <p>Deploying it completes when clients can connect. It fails with an {@link java.io.IOException}
 * that says why the path cannot be served: a live server owns it, something that is not a socket is
 * there, or it is too long (107 bytes, and the directory's at most 97). Undeploying it closes all
 * connections and removes the file.
 */
public final class SocketServer extends VerticleBase {

  private static final Logger LOG = LoggerFactory.getLogger(SocketServer.class);

  /** How often each deadline is checked before it passes. */
  private static final int CHECKS_PER_DEADLINE = 4;

  private static final int BACKLOG = 1024;

  /**
   * How many pieces of lists are built at the same time. It is more than one, because a node may
   * not answer.
   */
  private static final int LISTS_AT_A_TIME = 2;

  /**
   * How many connections beyond the limit are told the reason; further ones are closed without an
   * answer.
   */
  private static final int EXPLAINED = 64;

  private final SocketOptions options;
  private final Set<SocketConnection> connections = new LinkedHashSet<>();
  private SocketConnection.@Nullable Door door;
  private @Nullable Edge edge;
  private @Nullable SharedSocketFile file;
  private @Nullable NetServer server;
  private Runnable unmetered = () -> {};
  private boolean draining;

  /** Creates a server, which starts when it is deployed. */
  public SocketServer(SocketOptions options) {
    this.options = new SocketOptions(options);
  }

  @Override
  public Future<?> start() {
    if (vertx.isNativeTransportEnabled()) {
      return Future.failedFuture(
          new IllegalStateException(
              "the Unix socket needs Vert.x on the NIO transport: create it without"
                  + " preferNativeTransport"));
    }
    if (!context.isEventLoopContext()) {
      return Future.failedFuture(
          new IllegalStateException("deploy the socket server on an event loop, not as a worker"));
    }
    Meters meters = Meters.of(vertx);
    Edge streams = new Edge(vertx, new LineFormat(), options.getEdge());
    edge = streams;
    door =
        new SocketConnection.Door(
            context,
            new BusClient(vertx, options.publishTimeouts()),
            new FifoTurns(LISTS_AT_A_TIME),
            new CommandReader(options.getMaxDepth()),
            streams,
            new StreamPlaces(options.effectiveMaxStreams()),
            options,
            meters);
    unmetered =
        meters.add(
            context, readings -> readings.add(GaugeName.SOCKET_CONNECTIONS, connections.size()));
    long deadline = Math.min(options.getCommandTimeout(), options.getEdge().getWriteDeadline());
    vertx.setPeriodic(Math.max(1, deadline / CHECKS_PER_DEADLINE), timer -> checkDeadlines());
    SharedSocketFile shared = SharedSocketFile.acquire(vertx, options);
    file = shared;
    return streams
        .start()
        .compose(started -> shared.bindPath())
        .compose(path -> listen(path.toString()))
        .compose(listening -> shared.publish(vertx))
        .onSuccess(v -> LOG.info("Socket server listens on {}", options.getPath()))
        .recover(e -> stop().transform(stopped -> Future.failedFuture(e)));
  }

  @Override
  public Future<?> stop() {
    unmetered.run();
    Future<Void> streamsEnded = edge == null ? Future.succeededFuture() : edge.close();
    return streamsEnded
        .eventually(() -> server == null ? Future.succeededFuture() : server.close())
        .eventually(
            () -> {
              SharedSocketFile held = file;
              file = null;
              return held == null ? Future.succeededFuture() : held.release(vertx);
            })
        .onSuccess(v -> LOG.info("Socket server on {} is closed", options.getPath()));
  }

  /**
   * Refuses new connections with {@code Unavailable}, and tells the open streams to reconnect
   * elsewhere, spread evenly over the given time. Undeploy it afterwards. From any thread.
   *
   * @param overMs the time in milliseconds
   */
  public Future<Void> drain(long overMs) {
    return Future.future(
        drained ->
            context.runOnContext(
                v -> {
                  draining = true;
                  (edge == null ? Future.<Void>succeededFuture() : edge.drain(overMs))
                      .onComplete(drained);
                }));
  }

  /** Undeploys the server, which closes its connections and removes the file. From any thread. */
  public Future<Void> shutdown() {
    return vertx.undeploy(deploymentID());
  }

  /** Returns how many connections are open. On the server's context. */
  int connections() {
    return connections.size();
  }

  private Future<NetServer> listen(String path) {
    NetServer listener =
        vertx
            .createNetServer(
                new NetServerOptions().setAcceptBacklog(BACKLOG).setRegisterWriteHandler(false))
            .connectHandler(this::connected);
    server = listener;
    return listener.listen(SocketAddress.domainSocketAddress(path));
  }

  private void connected(NetSocket socket) {
    SocketConnection.Door open = door;
    if (open == null) {
      socket.close();
      return;
    }
    SocketConnection connection = new SocketConnection(open, socket);
    connections.add(connection);
    socket.closeHandler(
        v -> {
          connections.remove(connection);
          connection.closed();
        });
    boolean full = !draining && !hasRoom(open);
    boolean refused = draining || full;
    open.meters()
        .count(refused ? CounterName.SOCKET_CONNECTIONS_REFUSED : CounterName.SOCKET_CONNECTIONS);
    if (refused && connections.size() - EXPLAINED > options.getMaxConnections()) {
      connection.abort();
    } else if (draining) {
      connection.refuse(new UnavailableException("the server is shutting down"));
    } else if (full) {
      connection.refuse(
          new UnavailableException(
              "all " + options.getMaxConnections() + " connections are taken"));
    }
  }

  /**
   * Returns whether a new connection can be served. Connections that only linger with their last
   * answer do not count. When all places are taken, the connection that has rested longest is
   * closed to make room, if it has rested for the command timeout.
   */
  private boolean hasRoom(SocketConnection.Door open) {
    int max = options.getMaxConnections();
    if (connections.size() <= max) {
      return true;
    }
    int served = 0;
    SocketConnection lingering = null;
    SocketConnection rested = null;
    for (SocketConnection each : connections) {
      if (each.isLeaving()) {
        lingering = lingering == null ? each : lingering;
      } else {
        served++;
        if (each.restingSince() >= 0
            && (rested == null || each.restingSince() < rested.restingSince())) {
          rested = each;
        }
      }
    }
    if (served > max
        && rested != null
        && SocketConnection.now() - rested.restingSince() >= options.getCommandTimeout()) {
      open.meters().count(CounterName.SOCKET_RESTING_CLOSED);
      rested.giveWay();
      served--;
    }
    if (served <= max && lingering != null && connections.size() - EXPLAINED > max) {
      lingering.abort();
    }
    return served <= max;
  }

  private void checkDeadlines() {
    // The loop runs over a copy, because closing a connection removes it from the set.
    for (SocketConnection connection : Set.copyOf(connections)) {
      connection.checkDeadlines();
    }
  }
}
