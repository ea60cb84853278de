package io.eric.http.internal.guard;

import io.eric.metrics.Meters;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The connections of an application's server. Each connection gets its guard with its first request
 * to the door. Bytes before that have passed unguarded, and the number of the connections and the
 * time that they idle are not bounded here. On one event loop only.
 */
public final class MountedConnections implements Connections {

  private final Meters meters;
  private final ConnectionGuard.Limits limits;
  private final IdentityHashMap<HttpConnection, ConnectionGuard> guards = new IdentityHashMap<>();

  /**
   * Creates an empty set of connections.
   *
   * @param limits the limits of each connection
   */
  public MountedConnections(Meters meters, ConnectionGuard.Limits limits) {
    this.meters = meters;
    this.limits = limits;
  }

  @Override
  public @Nullable ConnectionGuard find(HttpConnection connection) {
    ConnectionGuard known = guards.get(connection);
    return known == null ? attach(connection) : known;
  }

  private @Nullable ConnectionGuard attach(HttpConnection connection) {
    if (!(connection instanceof HttpServerConnection served)) {
      throw new IllegalStateException("no guard for a " + connection.getClass().getName());
    }
    ChannelHandlerContext handler = served.channelHandlerContext();
    if (handler.isRemoved() || !handler.channel().isActive()) {
      return null;
    }
    ConnectionGuard guard =
        new ConnectionGuard(ClientQuota.client(connection.remoteAddress()), meters, limits);
    // Without a name, because a second door may be mounted on the same server.
    handler.pipeline().addFirst(guard);
    guards.put(connection, guard);
    guard.onRemoval(() -> guards.remove(connection));
    return guard;
  }
}
