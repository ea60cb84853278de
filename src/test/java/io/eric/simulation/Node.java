package io.eric.simulation;

import io.eric.UnavailableException;
import io.eric.channel.internal.core.SimulatedOwner;
import io.eric.internal.client.ChannelLink;
import io.eric.internal.client.EdgeLink;
import io.eric.internal.edge.SimulatedEdge;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.OwnerChanged;
import io.eric.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;

/** A node with an edge, and with the channels that it owns or believes to own. */
final class Node implements ChannelLink, EdgeLink {

  private static final long ANSWER_MS = 5_000;
  private static final long LONG_ANSWER_MS = 35_000;
  private static final long END_MS = 2_000;

  final String name;
  final Meters meters;
  final Map<String, SimulatedOwner> owned = new HashMap<>();
  private final Hub hub;
  private SimulatedLoop loop;
  private SimulatedEdge edge;
  private boolean alive;

  Node(Hub hub, String name, Meters meters) {
    this.hub = hub;
    this.name = name;
    this.meters = meters;
    start();
  }

  SimulatedLoop loop() {
    return loop;
  }

  SimulatedEdge edge() {
    return edge;
  }

  boolean isAlive() {
    return alive;
  }

  boolean isRunning() {
    return loop.isRunning();
  }

  /** Begins a new life. */
  void start() {
    loop = new SimulatedLoop(hub.time, hub.random);
    edge = new SimulatedEdge(loop, this, meters, new Lines(), Hub.INTERVAL_MS, Hub.HEARTBEAT_MS);
    owned.clear();
    alive = true;
  }

  void die() {
    alive = false;
    loop.die();
    owned.clear();
  }

  // ---- what channels are told and asked

  @Override
  public <T> Future<T> ask(String channel, ChannelRequest question) {
    return ask(channel, question, ANSWER_MS);
  }

  @Override
  public <T> Future<T> askLong(String channel, ChannelRequest question) {
    return ask(channel, question, LONG_ANSWER_MS);
  }

  @SuppressWarnings("unchecked")
  private <T> Future<T> ask(String channel, ChannelRequest question, long timeout) {
    Promise<T> answer = Promise.promise();
    Node owner = hub.ownerOf(channel);
    loop.after(timeout, () -> answer.tryFail(new UnavailableException("no answer")));
    if (owner == null) {
      return answer.future();
    }
    Node here = this;
    hub.detail(name, question);
    hub.network.send(
        name,
        owner,
        () -> {
          SimulatedOwner serving = owner.owned.get(channel);
          Future<? extends ChannelResponse> served =
              serving == null
                  ? Future.failedFuture(new UnavailableException("the channel is moving"))
                  : serving.answer(question);
          served.onComplete(
              done ->
                  hub.network.send(
                      owner.name,
                      here,
                      () -> {
                        hub.detail(owner.name, done);
                        if (done.succeeded()) {
                          answer.tryComplete((T) done.result());
                        } else {
                          answer.tryFail(done.cause());
                        }
                      }));
        });
    return answer.future();
  }

  @Override
  public void tell(String channel, ChannelRequest news) {
    Node owner = hub.ownerOf(channel);
    if (owner != null) {
      hub.detail(name, news);
      hub.network.send(
          name,
          owner,
          () -> {
            SimulatedOwner serving = owner.owned.get(channel);
            if (serving != null) {
              serving.told(news);
            }
          });
    }
  }

  // ---- what edges are told and asked

  @Override
  public void tell(String address, ChannelResponse news) {
    Node at = hub.nodeOf(address);
    if (at != null) {
      hub.detail(name, news);
      hub.network.send(name, at, () -> at.edge.told(news));
    }
  }

  @Override
  public Future<Long> end(String address, ChannelResponse.End end) {
    Promise<Long> answer = Promise.promise();
    loop.after(END_MS, () -> answer.tryFail(new UnavailableException("no answer")));
    Node at = hub.nodeOf(address);
    if (at != null) {
      Node here = this;
      hub.network.send(
          name,
          at,
          () -> {
            boolean found =
                at.edge.end(
                    end,
                    written -> hub.network.send(at.name, here, () -> answer.tryComplete(written)));
            if (!found) {
              hub.network.send(at.name, here, () -> answer.tryComplete(-1L));
            }
          });
    }
    return answer.future();
  }

  @Override
  public Future<Boolean> wants(String address, ChannelResponse.StillWanted question) {
    Promise<Boolean> answer = Promise.promise();
    loop.after(END_MS, () -> answer.tryFail(new UnavailableException("no answer")));
    Node at = hub.nodeOf(address);
    if (at != null) {
      Node here = this;
      hub.network.send(
          name,
          at,
          () -> {
            boolean wanted = at.edge.wants(question);
            hub.network.send(at.name, here, () -> answer.tryComplete(wanted));
          });
    } else if (hub.random.nextBoolean()) { // it is known to be dead, or not yet
      loop.after(1, () -> answer.tryComplete(false));
    }
    return answer.future();
  }

  /** It hears, or not, who owns a channel now. */
  void hears(String from, OwnerChanged move) {
    hub.network.send(from, this, () -> edge.moved(move));
  }
}
