package io.eric.cluster;

import io.eric.UnavailableException;
import io.eric.channel.ChannelContainer;
import io.eric.channel.internal.CreationOrder;
import io.eric.channel.internal.Placement;
import io.eric.channel.internal.overflow.LogBudget;
import io.eric.cluster.NodeChannels.Served;
import io.eric.cluster.identity.Member;
import io.eric.cluster.link.LinkObserver;
import io.eric.cluster.link.NodeLinks;
import io.eric.cluster.owner.GroupLog;
import io.eric.cluster.owner.GroupOwner;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.owner.GroupReplica;
import io.eric.cluster.owner.ReadIndexRounds;
import io.eric.cluster.raft.RaftNode;
import io.eric.cluster.raft.RaftSettings;
import io.eric.cluster.route.ChannelRoutes;
import io.eric.cluster.route.RouteObserver;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.Owner;
import io.eric.internal.Loop;
import io.eric.internal.VertxLoop;
import io.eric.internal.client.AddressRouter;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.LocalCodec;
import io.eric.internal.protocol.OwnerChanged;
import io.eric.metrics.Health;
import io.eric.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node of a hub that has several. The channels are divided into groups, and the nodes agree by
 * Raft on who owns a group and on all that its channels keep. This node opens the channels of the
 * groups that it owns, and has routes to all others.
 *
 * <p>Everything happens on one context, which is that of the links.
 */
public final class ClusterNode implements Placement {

  private static final Logger logger = LoggerFactory.getLogger(ClusterNode.class);

  /** Entries are few and large, because what costs in a replicated log is each of them. */
  private static final int ENTRY_BYTES = 256 << 10;

  private static final int ENTRIES_IN_FLIGHT = 3;

  /** What a message's entry has beside the message, generously. */
  private static final int ENTRY_OVERHEAD = 64 << 10;

  private static final long LOOK_MS = 500;

  /** After this time a command at a channel that is known and not open yet is sent again. */
  private static final long SOON_MS = 20;

  /** The service by which a node says that it gives its groups away. */
  private static final String LEAVING = "node.leaving";

  private static final long ANSWER_MS = 1_000;

  /** How often to look whether all groups are owned, in milliseconds. */
  private static final long OWNED_LOOK_MS = 100;

  private final Vertx vertx;
  private final ContextInternal context;
  private final Loop loop;
  private final ChannelContainer container;
  private final NodeLinks links;
  private final SeenNodes seen;
  private final RaftSettings raftSettings;
  private final Supplier<Future<Void>> ground;
  private final ChannelRoutes routes;
  private final ChannelCatalog catalog = new ChannelCatalog();
  private final List<LocalGroup> groups = new ArrayList<>();
  private final List<ReadIndexRounds> rounds = new ArrayList<>();
  private final List<ExecutorService> threads = new ArrayList<>();
  private final NodeChannels channels;
  private final OwnChannels own;
  private final ChannelCreation creation;
  private final Rebalancer rebalancer;
  private final Succession succession;
  private final NodeHealth health;
  private final EntryLimits limits;
  private final List<LogBudget> budgets = new ArrayList<>();
  private final GroupBudgets groupBudgets;
  private final List<MessageConsumer<?>> consumers = new ArrayList<>();
  private Loop.@Nullable Timer look;
  private @Nullable RaftNode raft;
  private Runnable unmetered = () -> {};

  /** Fails when a replica has failed. */
  private final Promise<Void> failure = Promise.promise();

  /**
   * Creates a node, which {@link #start} starts.
   *
   * @param context the context of the links
   * @param links the node's connections, which are open; {@code ground} closes them
   * @param rebalanceDelayMs how long the nodes must be unchanged before a group moves to the node
   *     that it prefers; 0 for never
   * @param ground closes what the node stands on, such as the links; called when it has left
   */
  ClusterNode(
      ContextInternal context,
      ChannelContainer container,
      NodeLinks links,
      SeenNodes seen,
      RaftSettings raftSettings,
      long rebalanceDelayMs,
      Supplier<Future<Void>> ground) {
    this.vertx = context.owner();
    this.context = context;
    this.loop = new VertxLoop(context);
    this.container = container;
    this.links = links;
    this.seen = seen;
    this.raftSettings = raftSettings;
    this.ground = ground;
    this.limits =
        new EntryLimits(
            ENTRY_BYTES, ENTRIES_IN_FLIGHT, raftSettings.maxEntryBytes() - ENTRY_OVERHEAD);
    Owner me = new Owner(links.node(), links.life());
    this.routes =
        new ChannelRoutes(vertx, loop, links, ChannelRoutes.DEFAULT_MAX_WAITING_BYTES, new Moves());
    this.channels =
        new NodeChannels(
            vertx, loop, me.node(), container, routes, this::knows, this::servedBy, this::budgetOf);
    this.own =
        new OwnChannels(
            vertx, me, loop, catalog, new OwnGroups(), seen::presence, limits, new OwnRenewal());
    for (int i = 0; i < raftSettings.membership().groups(); i++) {
      groups.add(new LocalGroup(i, me, loop, catalog, new Changes()));
      budgets.add(container.partOfBudget(raftSettings.membership().groups()));
    }
    this.groupBudgets =
        new GroupBudgets(
            budgets,
            node -> links.call(node, GroupBudgets.SERVICE, Buffer.buffer(), ANSWER_MS),
            seen::reached,
            loop);
    List<String> members = raftSettings.membership().members().stream().map(Member::node).toList();
    this.rebalancer =
        new Rebalancer(me.node(), members, groups, seen::reached, loop, rebalanceDelayMs);
    this.succession =
        new Succession(me.node(), members, links::hasEnded, this::succeed, seen::reached, loop);
    this.creation =
        new ChannelCreation(me.node(), loop, catalog, this::groupOf, links, this::upToDate);
    this.health =
        new NodeHealth(me.node(), members.size(), groups, seen, rebalancer, catalog, channels);
  }

  /** Returns the node's name: the number of its slot, or its host in {@code cluster.members}. */
  public String name() {
    return links.node();
  }

  /**
   * Starts the replicas, and makes the container one of several.
   *
   * @return completes when the replicas run; whether they have owners says {@link #readiness}
   */
  Future<Void> start() {
    LocalCodec.register(vertx);
    return vertx
        .executeBlocking(() -> RaftNode.start(raftSettings, groups::get, Meters.of(vertx)), false)
        .compose(
            started -> {
              raft = started;
              return onContext(() -> serve(started));
            });
  }

  private Future<Void> serve(RaftNode started) {
    for (LocalGroup group : groups) {
      int number = group.number();
      GroupReplica replica = started.group(number);
      ExecutorService thread =
          Executors.newSingleThreadExecutor(
              task -> {
                Thread made = new Thread(task, "eric-group-" + number);
                made.setDaemon(true);
                return made;
              });
      threads.add(thread);
      rounds.add(new ReadIndexRounds(replica::readIndex, thread, loop));
      group.attach(
          replica,
          new GroupOwner(
              new Owner(links.node(), links.life()), replica, thread, loop, channels, limits));
    }
    LeaderLog.serve(links, new ForwardedTo());
    links.serve(LEAVING, this::left);
    links.serve(
        GroupBudgets.SERVICE,
        (from, question) -> Future.succeededFuture(groupBudgets.announcement()));
    seen.attach(new Neighbours());
    new AddressRouter(vertx).connect(links);
    listen(Addresses.RESOLVE, this::resolve);
    listen(Addresses.HEALTH, (Message<Object> question) -> question.reply(health.describe()));
    look = loop.every(LOOK_MS, rebalancer::look);
    unmetered = Meters.of(vertx).add(context, this::sample);
    logger.info(
        "node {} is one of {}, with {} groups",
        links.node(),
        raftSettings.membership().members().size(),
        groups.size());
    return Future.succeededFuture();
  }

  private void succeed(String node) {
    for (LocalGroup group : groups) {
      threads.get(group.number()).execute(() -> group.replica().succeed(node));
    }
  }

  private void sample(Meters.Readings readings) {
    routes.sample(readings);
    RaftNode started = raft;
    if (started != null) {
      started.sample(readings);
    }
  }

  private <T> void listen(String address, Handler<Message<T>> handler) {
    consumers.add(vertx.eventBus().localConsumer(address, handler));
  }

  private <T> Future<T> onContext(Supplier<Future<T>> action) {
    Promise<T> done = ((ContextInternal) vertx.getOrCreateContext()).promise();
    context.runOnContext(v -> action.get().onComplete(done));
    return done.future();
  }

  /** Returns whether a channel is open here. For any thread. */
  boolean serves(String channel) {
    return channels.isOpen(channel);
  }

  /** What the commands of an operator look at and move. Confined to the node's loop. */
  record Operated(
      List<LocalGroup> groups,
      RaftNode raft,
      NodeHealth health,
      Rebalancer rebalancer,
      List<ReadIndexRounds> rounds) {}

  /** Returns what an operator can look at; null before the replicas run. On the node's context. */
  @Nullable Operated operated() {
    RaftNode started = raft;
    return started == null || rounds.size() < groups.size()
        ? null
        : new Operated(groups, started, health, rebalancer, rounds);
  }

  // ---- what the container asks

  @Override
  public Future<Void> create(String id, JsonObject options) {
    return onContext(() -> creation.create(id, options));
  }

  @Override
  public Future<Ownership> claim(String id) {
    return onContext(() -> own.claim(id));
  }

  @Override
  public Future<Void> opened(String id) {
    return onContext(
        () -> {
          ChannelCatalog.Entry known = catalog.get(id);
          if (known != null) {
            channels.opened(id, known.term());
          }
          return Future.succeededFuture();
        });
  }

  @Override
  public Future<Void> removed(String id) {
    return onContext(
        () -> {
          channels.ended(id);
          return Future.succeededFuture();
        });
  }

  @Override
  public boolean knows(String id) {
    return catalog.get(id) != null;
  }

  @Override
  public CreationOrder order() {
    return catalog.order();
  }

  /**
   * Waits until all groups are owned, as far as this node knows: before that, no channel can be
   * created.
   *
   * @return completes then, or after this number of milliseconds; does not fail
   */
  public Future<Void> whenOwned(long atMostMs) {
    return onContext(
        () -> {
          Promise<Void> owned = Promise.promise();
          Loop.Timer looking =
              loop.every(
                  OWNED_LOOK_MS,
                  () -> {
                    if (health.isOwned()) {
                      owned.tryComplete();
                    }
                  });
          Loop.Timer patience = loop.after(atMostMs, owned::tryComplete);
          return owned
              .future()
              .onComplete(
                  over -> {
                    looking.cancel();
                    patience.cancel();
                  });
        });
  }

  @Override
  public Future<Void> readiness() {
    return onContext(
        () -> {
          String trouble = health.trouble();
          return trouble == null
              ? Future.succeededFuture()
              : Future.failedFuture(new UnavailableException(trouble));
        });
  }

  @Override
  public Future<Void> prove(String id) {
    return onContext(
        () ->
            upToDate(id)
                .compose(
                    now ->
                        channels.isOpen(id)
                            ? Future.succeededFuture()
                            : Future.failedFuture(
                                new UnavailableException("the channel has another owner"))));
  }

  // ---- channels and their groups

  private LocalGroup groupOf(String channel) {
    return groups.get(GroupNumber.of(channel, groups.size()));
  }

  private LogBudget budgetOf(String channel) {
    return budgets.get(groupOf(channel).number());
  }

  /** Completes when everything that is committed in a channel's group is applied here. */
  private Future<Void> upToDate(String channel) {
    return rounds.get(groupOf(channel).number()).next();
  }

  private @Nullable Served servedBy(String id) {
    ChannelCatalog.Entry channel = catalog.get(id);
    if (channel == null) {
      return null;
    }
    LocalGroup group = groupOf(id);
    Owner owner = channel.isPinned() ? channel.owner() : group.owner();
    if (owner == null) {
      return null;
    }
    long term = channel.isPinned() ? channel.term() : Math.max(group.claim(), channel.term());
    return new Served(owner.node(), term);
  }

  /** A caller of this node has found no handler at a channel's address. */
  private void resolve(Message<String> question) {
    String id = question.body();
    if (catalog.get(id) != null) {
      groupOf(id)
          .work()
          .settled(id)
          .onComplete(done -> loop.after(SOON_MS, () -> question.reply(true)));
      return;
    }
    upToDate(id)
        .onSuccess(now -> question.reply(catalog.get(id) != null))
        .onFailure(e -> question.fail(503, notTold().text()));
  }

  private static UnavailableException notTold() {
    return new UnavailableException("too few nodes answer to tell whether the channel exists");
  }

  /**
   * Returns what fails when a replica has failed: the node serves nothing any more, and its process
   * has to be started again. It never succeeds.
   */
  public Future<Void> failure() {
    return failure.future();
  }

  // ---- the end

  /** Gives all groups away that other nodes can take, and wants none from now on. */
  public Future<Void> drain() {
    return onContext(
        () -> {
          if (rebalancer.isDraining()) {
            return Future.succeededFuture();
          }
          List<Future<Buffer>> told = new ArrayList<>();
          for (String node : links.connected()) {
            told.add(links.call(node, LEAVING, Buffer.buffer(), ANSWER_MS));
          }
          return Future.join(told).transform(done -> rebalancer.drain());
        });
  }

  private Future<Buffer> left(String node, Buffer nothing) {
    rebalancer.leaves(node);
    return Future.succeededFuture(Buffer.buffer());
  }

  /**
   * Gives up the groups that are still owned here: their channels append what they have accepted.
   * Channels of classes of their own stay open; the container closes them, for which they have as
   * long.
   */
  public Future<Void> release() {
    return onContext(
        () -> {
          own.release();
          return Future.join(groups.stream().map(group -> group.work().release()).toList())
              .<Void>mapEmpty()
              .otherwiseEmpty();
        });
  }

  /** Takes no part any more. Call it after {@link #release}, when the container is closed. */
  public Future<Void> leave() {
    return onContext(
            () -> {
              if (look != null) {
                look.cancel();
              }
              unmetered.run();
              consumers.forEach(MessageConsumer::unregister);
              own.stop();
              channels.stop();
              new AddressRouter(vertx).connect(null);
              return Future.succeededFuture();
            })
        .compose(stopped -> vertx.executeBlocking(this::stopReplicas, false))
        .eventually(ground);
  }

  private @Nullable Void stopReplicas() {
    RaftNode started = raft;
    if (started != null) {
      started.close();
    }
    threads.forEach(ExecutorService::shutdown);
    return null;
  }

  // ---- what the parts ask and tell

  /** Passes on what a group's state means for its channels. */
  private final class Changes implements LocalGroup.Listener {

    @Override
    public void moved(String channel) {
      channels.reroute(channel);
    }

    @Override
    public void changed(ChannelView channel) {
      own.changed(channel);
      creation.applied(channel);
      channels.reroute(channel.id());
    }

    @Override
    public void deleted(String channel) {
      own.deleted(channel);
      channels.deleted(channel);
    }

    @Override
    public void failed(int group, Throwable reason) {
      health.failed(reason);
      String trouble =
          "the replica of group " + group + " has failed, so this node must end: " + reason;
      Health.of(vertx).add(() -> List.of(trouble));
      logger.error("the replica of group {} has failed, so this node must end", group, reason);
      failure.tryFail(new IllegalStateException(trouble, reason));
    }
  }

  /** Does what routes find out. */
  private final class Moves implements RouteObserver {

    @Override
    public void missed(String channel) {
      upToDate(channel).onSuccess(now -> channels.reroute(channel));
    }

    @Override
    public void moved(String channel, long term) {
      OwnerChanged moved = new OwnerChanged(channel, term);
      vertx.eventBus().publish(Addresses.MOVED, moved, LocalCodec.options());
      vertx.eventBus().publish(Addresses.moved(channel), moved, LocalCodec.options());
    }
  }

  /** Hears which other nodes there are. */
  private final class Neighbours implements LinkObserver {

    @Override
    public void up(String node, String life) {
      logger.info("node {} is reached", node);
      rebalancer.up(node);
      groupBudgets.up(node);
    }

    @Override
    public void down(String node) {
      rebalancer.down();
      succession.down(node);
    }

    @Override
    public void gone(String node, String life) {
      logger.info("node {} is gone", node);
      container.nodeGone(node);
    }
  }

  /** Finds the groups that other nodes append to. */
  private final class ForwardedTo implements LeaderLog.Groups {

    @Override
    public @Nullable GroupReplica replica(int number) {
      return number >= 0 && number < groups.size() ? groups.get(number).replica() : null;
    }

    @Override
    public Executor thread(int number) {
      return threads.get(number);
    }
  }

  /** Finds the groups of the channels that only this node can open. */
  private final class OwnGroups implements OwnChannels.Groups {

    @Override
    public GroupLog log(String channel) {
      return new LeaderLog(groupOf(channel).replica(), links);
    }

    @Override
    public @Nullable String leader(String channel) {
      return groupOf(channel).replica().status().leader();
    }

    @Override
    public Executor thread(String channel) {
      return threads.get(groupOf(channel).number());
    }

    @Override
    public Future<Void> upToDate(String channel) {
      return ClusterNode.this.upToDate(channel);
    }
  }

  /** Opens such channels anew, and closes them when another node has them. */
  private final class OwnRenewal implements OwnChannels.Renewal {

    @Override
    public void renew(String channel) {
      channels.renew(channel, () -> own.claimAgain(channel));
    }

    @Override
    public void lost(String channel) {
      channels.close(channel, false);
    }
  }
}
