package io.eric.cluster.route;

import io.eric.internal.Loop;
import io.eric.internal.client.AddressRouter.Far;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The routes of a node, one for each channel that it knows. Confined to the node's loop, on whose
 * context the routes' addresses are registered too.
 *
 * <p>It is a part that knows gauges: {@link Meters#add} it with the loop's context.
 */
public final class ChannelRoutes implements Meters.Sampled {

  /** How many bytes of commands may wait by default, on a node for all channels together. */
  public static final long DEFAULT_MAX_WAITING_BYTES = 64L << 20;

  private final RouteParts parts;
  private final BusAddress bus;
  private final Map<String, ChannelRoute> byId = new HashMap<>();

  /**
   * Creates the routes of a node, which has none yet.
   *
   * @param loop the node's loop
   * @param links the way to the other nodes; it also reaches this node's own channels
   * @param maxWaitingBytes how many bytes the commands that wait may have, for all channels
   *     together; what is beyond is refused with {@code Unavailable}
   */
  public ChannelRoutes(
      Vertx vertx, Loop loop, Far links, long maxWaitingBytes, RouteObserver observer) {
    this.parts =
        new RouteParts(loop, links, new WaitingBudget(maxWaitingBytes), Meters.of(vertx), observer);
    this.bus = new BusAddress(vertx, byId::get);
  }

  /** Returns the route to a channel, which is made if there is none. */
  public ChannelRoute of(String channel) {
    return byId.computeIfAbsent(channel, id -> new ChannelRoute(parts, bus, id));
  }

  /** Returns the channels that have a route. */
  public Set<String> channels() {
    return Set.copyOf(byId.keySet());
  }

  /** Closes and forgets the route to a channel that does not exist any more. */
  public void remove(String channel) {
    ChannelRoute route = byId.remove(channel);
    if (route != null) {
      route.close();
    }
  }

  /** Leaves all addresses, because the node leaves. What waits is not answered any more. */
  public void stop() {
    byId.values().forEach(ChannelRoute::stopListening);
  }

  @Override
  public void sample(Meters.Readings readings) {
    readings.add(GaugeName.FORWARDS_WAITING, parts.budget().callers());
    readings.add(GaugeName.FORWARDS_WAITING_BYTES, parts.budget().used());
  }
}
