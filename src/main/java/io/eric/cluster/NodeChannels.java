package io.eric.cluster;

import io.eric.channel.ChannelContainer;
import io.eric.channel.internal.Placement.Ownership;
import io.eric.channel.internal.overflow.LogBudget;
import io.eric.cluster.owner.GroupOwner;
import io.eric.cluster.owner.Tenure;
import io.eric.cluster.owner.TenureStore;
import io.eric.cluster.route.ChannelRoute;
import io.eric.cluster.route.ChannelRoutes;
import io.eric.cluster.state.ChannelView;
import io.eric.internal.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has, for each channel that exists, either the channel itself at its address on this node or a
 * route to the node that owns it. Confined to the node's loop, except {@link #isOpen}.
 */
final class NodeChannels implements GroupOwner.Channels {

  private static final Logger logger = LoggerFactory.getLogger(NodeChannels.class);

  /** How long a removal may take to end here once it is applied, in milliseconds. */
  private static final long ENDING_MS = 5_000;

  private final Vertx vertx;
  private final Loop loop;
  private final String me;
  private final ChannelContainer container;
  private final Predicate<String> exists;
  private final Function<String, @Nullable Served> servedBy;
  private final Function<String, LogBudget> budgetOf;
  private final ChannelRoutes routes;

  /** The terms under which channels are open here. */
  private final Map<String, Long> open = new ConcurrentHashMap<>();

  /** Channels whose removal is applied, and that have not ended here yet. */
  private final Map<String, Promise<Void>> ending = new HashMap<>();

  /** Channels that are being closed here: what they still say has to be heard first. */
  private final Set<String> closing = ConcurrentHashMap.newKeySet();

  /** Channels of classes of their own that are being opened under another ownership. */
  private final Map<String, Future<Ownership>> renewals = new HashMap<>();

  private boolean isStopped;

  /**
   * Which node serves a channel.
   *
   * @param node its name
   * @param term the term of the channel there
   */
  record Served(String node, long term) {}

  /**
   * Creates the channels of a node, which has none yet.
   *
   * @param exists tells whether there is a channel as far as this node knows
   * @param servedBy tells which node owns a channel as far as this node knows; null if it knows
   *     none
   * @param budgetOf tells the budget that a channel's log counts against
   */
  NodeChannels(
      Vertx vertx,
      Loop loop,
      String me,
      ChannelContainer container,
      ChannelRoutes routes,
      Predicate<String> exists,
      Function<String, @Nullable Served> servedBy,
      Function<String, LogBudget> budgetOf) {
    this.vertx = vertx;
    this.loop = loop;
    this.me = me;
    this.container = container;
    this.routes = routes;
    this.exists = exists;
    this.servedBy = servedBy;
    this.budgetOf = budgetOf;
  }

  /** Returns whether a channel is open on this node. For any thread. */
  boolean isOpen(String id) {
    return open.containsKey(id);
  }

  /** Returns how many channels are open on this node. For any thread. */
  int openCount() {
    return open.size();
  }

  // ---- what the owner of a group orders

  @Override
  public Future<Void> open(ChannelView channel, Tenure tenure) {
    String id = channel.id();
    Promise<Void> before = ending.get(id);
    long term = tenure.termOf(channel);
    Future<Void> ended = before == null ? Future.succeededFuture() : before.future();
    return ended
        .compose(
            gone ->
                container.open(
                    id,
                    new JsonObject(channel.options()),
                    new Ownership(
                        term, new TenureStore(vertx, channel, tenure), budgetOf.apply(id))))
        .onSuccess(opened -> opened(id, term));
  }

  /** A channel is open here: its address is left to the channel itself. */
  void opened(String id, long term) {
    open.put(id, term);
    ChannelRoute route = routes.of(id);
    route.stopListening();
    route.servedBy(me, term);
  }

  @Override
  public Future<Void> close(String id, boolean inOrder) {
    Future<Ownership> renewal = renewals.get(id);
    if (renewal != null) {
      return renewal.transform(renewed -> close(id, inOrder));
    }
    ChannelRoute route = leave(id);
    return container
        .leave(id, inOrder)
        .onSuccess(again -> again.forEach(route::remember))
        .<Void>mapEmpty()
        .onComplete(
            left -> {
              closing.remove(id);
              reroute(id);
            });
  }

  // ---- what the state of a group tells

  /** Brings a channel's route in line with who owns the channel. */
  void reroute(String id) {
    if (isStopped || open.containsKey(id) || closing.contains(id)) {
      return; // the owner of the group opens and closes it
    }
    if (!exists.test(id)) {
      routes.remove(id); // it was deleted while somebody found out where it is
      return;
    }
    ChannelRoute route = routes.of(id);
    route.listen();
    Served served = servedBy.apply(id);
    if (served == null || served.node().equals(me)) {
      route.unserved(); // what is this node's is served when it is open
    } else {
      route.servedBy(served.node(), served.term());
    }
  }

  /** A channel does not exist any more. */
  void deleted(String id) {
    if (open.remove(id) != null) {
      Promise<Void> removal = Promise.promise();
      ending.put(id, removal);
      // Normally the container says when it has ended. It does not if the answer to the removal was
      // lost with the ownership.
      loop.after(
          ENDING_MS,
          () -> {
            if (ending.get(id) == removal) {
              container.leave(id, false).onComplete(left -> ended(id));
            }
          });
    }
    routes.remove(id);
  }

  /** A channel that was removed has ended here. */
  void ended(String id) {
    Promise<Void> removal = ending.remove(id);
    if (removal != null) {
      removal.complete();
    }
  }

  /**
   * Opens a channel of a class of its own anew, under another ownership.
   *
   * @param claim asks for the ownership, when the channel has left the former one
   */
  void renew(String id, Supplier<Future<Ownership>> claim) {
    leave(id);
    Future<Ownership> renewal =
        container.renew(
            id,
            claim,
            again -> {
              again.forEach(routes.of(id)::remember);
              closing.remove(id); // if another node takes it meanwhile, commands go there
              reroute(id);
            });
    renewals.put(id, renewal);
    renewal.onComplete(
        renewed -> {
          if (!renewals.remove(id, renewal)) {
            return; // another one has begun meanwhile
          }
          closing.remove(id);
          if (renewed.succeeded()) {
            opened(id, renewed.result().term());
          } else {
            logger.warn("channel {} cannot be opened: {}", id, renewed.cause().toString());
            reroute(id);
          }
        });
  }

  private ChannelRoute leave(String id) {
    open.remove(id);
    closing.add(id);
    ChannelRoute route = routes.of(id);
    route.listen();
    route.unserved();
    return route;
  }

  /** Leaves all addresses. */
  void stop() {
    isStopped = true;
    routes.stop();
  }
}
