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
 * the cluster. An address at another node is written {@code @<node>/<address>}; only a cluster
 * makes such addresses, and only a connected one can be asked to reach them.
 */
public final class AddressRouter {

  /** Header of a command that came from another node: its name. */
  public static final String NODE = "eric-node";

  private static final String MAP = "io.eric.post";

  private final EventBus bus;
  private final LocalMap<String, Line> lines;

  /** The post of this Vert.x instance. */
  public AddressRouter(Vertx vertx) {
    this.bus = vertx.eventBus();
    this.lines = vertx.sharedData().getLocalMap(MAP);
  }

  /** The way to other nodes. For any thread. */
  public interface Far {
    /** The name of this node. */
    String node();

    /** Sends without an answer; what cannot be delivered is dropped. */
    void send(String node, String address, Object body);

    /** Asks; fails with a {@code ReplyException} as the event bus does. */
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

  /** The way to other nodes, null without a cluster. */
  public @Nullable Far far() {
    Line line = lines.get(MAP);
    return line == null ? null : line.far;
  }

  /** Sends without an answer. */
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
   * @return the answer's body
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
