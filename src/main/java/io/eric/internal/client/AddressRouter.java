package io.eric.internal.client;

import io.eric.internal.protocol.Addresses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import org.jspecify.annotations.Nullable;

/**
 * Reaches the holders of addresses: edges, listeners and hooks, in this JVM or at another node of
 * the cluster. An address at another node is written {@code @<node>/<address>}. Only a cluster
 * makes such addresses, and they are reached only while the cluster is connected. For any thread.
 */
public final class AddressRouter {

  /** The header of a command from another node; its value is the node's name. */
  public static final String NODE = "eric-node";

  private static final String MAP = "io.eric.post";

  private final EventBus bus;
  private final LocalMap<String, Line> lines;

  /**
   * Creates a router of this Vert.x instance. All routers of an instance share the way to other
   * nodes.
   */
  public AddressRouter(Vertx vertx) {
    this.bus = vertx.eventBus();
    this.lines = vertx.sharedData().getLocalMap(MAP);
  }

  /** The way to other nodes. For any thread. */
  public interface Far {
    /** Returns the name of this node. */
    String node();

    /** Sends a message without an answer. A message that cannot be delivered is dropped. */
    void send(String node, String address, Object body);

    /**
     * Asks, and gives the answer's body; fails with a {@code ReplyException} as the event bus does.
     */
    Future<@Nullable Object> request(String node, String address, Object body, long timeoutMs);
  }

  /** Opens the way to other nodes, or closes it with null. */
  public void connect(@Nullable Far far) {
    if (far == null) {
      lines.remove(MAP);
    } else {
      lines.put(MAP, new Line(far));
    }
  }

  /** Returns the way to other nodes; null without a cluster. */
  public @Nullable Far far() {
    Line line = lines.get(MAP);
    return line == null ? null : line.far;
  }

  /**
   * Sends a message without an answer. It is dropped if its address is at another node and there is
   * no cluster.
   */
  public void send(String address, Object body, DeliveryOptions options) {
    if (!Addresses.isFar(address)) {
      bus.send(address, body, options);
      return;
    }
    Far far = far();
    if (far != null) {
      int slash = address.indexOf('/');
      far.send(address.substring(1, slash), address.substring(slash + 1), body);
    }
  }

  /**
   * Asks.
   *
   * @return the answer's body; fails with a {@code ReplyException}, or with another exception if
   *     the address is at another node and there is no cluster
   */
  public <T> Future<T> request(String address, Object body, DeliveryOptions options) {
    if (!Addresses.isFar(address)) {
      return bus.<T>request(address, body, options).map(Message::body);
    }
    Far far = far();
    if (far == null) {
      return Future.failedFuture("the hub has left its cluster");
    }
    int slash = address.indexOf('/');
    @SuppressWarnings("unchecked")
    Future<T> answer =
        (Future<T>)
            far.request(
                address.substring(1, slash),
                address.substring(slash + 1),
                body,
                options.getSendTimeout());
    return answer;
  }

  private static final class Line implements Shareable {
    private final Far far;

    private Line(Far far) {
      this.far = far;
    }
  }
}
