package io.eric.cluster.link;

import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.testing.Hub;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A node with its own Vert.x and nothing but links. */
final class LinkedNode implements AutoCloseable {

  final Vertx vertx = Vertx.vertx();
  final Context context = ((VertxInternal) vertx).createEventLoopContext();
  final String name;
  final String life;
  final NodeLinks links;
  final int port;

  private boolean closed;

  /** What the observer was told. */
  final List<String> told = new CopyOnWriteArrayList<>();

  /** The channels that are open here. */
  final Set<String> channels = ConcurrentHashMap.newKeySet();

  LinkedNode(String name, String life, LinkSettings settings) {
    this(new LinkIdentity("eric", name, life), settings);
  }

  LinkedNode(LinkIdentity identity, LinkSettings settings) {
    this.name = identity.node();
    this.life = identity.life();
    this.links = new NodeLinks(context, identity, settings, channels::contains, new Told());
    this.port = Hub.await(links.listen());
  }

  Peer peer() {
    return new Peer(name, "127.0.0.1", port);
  }

  /** Reaches this node through a network. */
  Peer peer(int through) {
    return new Peer(name, "127.0.0.1", through);
  }

  void connect(Peer... peers) {
    Hub.await(links.connect(List.of(peers)));
  }

  /** Waits until the observer was told this at last. */
  void lastTold(String event) {
    Hub.until(() -> !told.isEmpty() && told.get(told.size() - 1).equals(event));
  }

  void everTold(String event) {
    Hub.until(() -> told.contains(event));
  }

  long count(CounterName counter) {
    return Meters.of(vertx).get(counter);
  }

  long gauge(GaugeName gauge) {
    return Hub.await(Meters.of(vertx).sample(vertx)).get(gauge);
  }

  static ReplyException failure(Future<?> future) {
    return (ReplyException) Hub.failure(future);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Hub.await(links.close());
    Hub.await(vertx.close());
  }

  private final class Told implements LinkObserver {
    @Override
    public void up(String node, String otherLife) {
      told.add("up " + node + " " + otherLife);
    }

    @Override
    public void down(String node) {
      told.add("down " + node);
    }

    @Override
    public void gone(String node, String otherLife) {
      told.add("gone " + node + " " + otherLife);
    }
  }
}
