package io.eric.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.TcpIpConfig;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import io.eric.InvalidChannelException;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.channel.ChannelContainer;
import io.eric.channel.internal.CreationOrder;
import io.eric.channel.internal.Placement;
import io.eric.internal.Loop;
import io.eric.internal.VertxLoop;
import io.eric.internal.client.AddressRouter;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.LocalCodec;
import io.eric.internal.protocol.OwnerChanged;
import io.eric.options.ClusterOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node of a hub that has several: decides which channels this node opens, keeps the routes to
 * the others, and leaves in order.
 *
 * <p>What a channel's record says is the law, and a record changes by compare-and-set only. Nodes
 * hear of a change from who made it, from the map, and by reading all records now and then; a later
 * term always wins. Everything happens on one context.
 */
public final class ClusterNode implements Placement {

  private static final Logger logger = LoggerFactory.getLogger(ClusterNode.class);

  /** Where nodes talk about channels; at each node's line. */
  private static final String ADDRESS = "eric.cluster";

  private static final long LOOK_MS = 500;
  private static final long READ_ALL_MS = 5_000;
  private static final long CONFIRM_MS = 2_000;
  private static final long PROBE_MS = 2_000;
  private static final int MOVES_AT_A_TIME = 4;

  /** As long as Hazelcast waits for a backup that died, which a first answer may wait for. */
  private static final long TAKING_PATIENCE_MS = 5_000;

  private final VertxInternal vertx;
  private final ContextInternal context;
  private final ChannelContainer container;
  private final HazelcastInstance hazelcast;
  private final ClusterOptions options;
  private final Members members;
  private final QuorumRounds rounds;
  private final String me;
  private final Line line;
  private final Map<String, ChannelRecord> records = new ConcurrentHashMap<>();
  private final CreationOrder order = new CreationOrder();
  private final Map<String, Route> routes = new HashMap<>();

  /** The terms under which channels are open here. */
  private final Map<String, Long> open = new ConcurrentHashMap<>();

  /** Channels that are being opened or handed over. */
  private final Map<String, Future<?>> busy = new HashMap<>();

  /** The last term of each channel that was opened here: none is opened twice. */
  private final Map<String, Long> used = new HashMap<>();

  private final Set<String> leaving = new HashSet<>();
  private final Set<String> unreachable = new HashSet<>();
  private final List<MessageConsumer<?>> consumers = new ArrayList<>();
  private final List<Long> timers = new ArrayList<>();
  private volatile Set<String> nodes = Set.of();
  private Map<String, UUID> lives = Map.of();
  private long nodesSince;
  private @Nullable IMap<String, String> map;
  private @Nullable IMap<LogKey, byte[]> logs;
  private @Nullable UUID membershipListener;
  private @Nullable UUID lifecycleListener;
  private @Nullable UUID entryListener;
  private volatile boolean registered = true;
  private volatile boolean synced;
  private volatile boolean draining;
  private volatile int unreachableNodes;
  private boolean hadQuorum;
  private @Nullable JoinAddresses joinAddresses;
  private boolean reading;
  private boolean readAgain;

  /** Whether this node has merged into another cluster, whose records it has not read yet. */
  private boolean mergedSince;

  private boolean registering;
  private boolean closed;

  private ClusterNode(
      VertxInternal vertx,
      ChannelContainer container,
      HazelcastClusterManager manager,
      ClusterOptions options) {
    this.vertx = vertx;
    this.context = vertx.createEventLoopContext();
    this.container = container;
    this.hazelcast = manager.getHazelcastInstance();
    this.options = options;
    this.members = new Members(hazelcast, options.getQuorum());
    this.me = manager.getNodeId();
    this.line = new Line(vertx, context, me, open::containsKey, this::isMember);
    this.rounds = new QuorumRounds(new Others(), new VertxLoop(context));
  }

  /**
   * Makes a container one of several: its Vert.x is clustered by vertx-hazelcast.
   *
   * @return the node, when it knows all channels; {@link #leave} before Vert.x is closed. Fails
   *     with {@link IllegalStateException} if the cluster is of another kind
   */
  public static Future<ClusterNode> join(
      Vertx vertx, ChannelContainer container, ClusterOptions options) {
    VertxInternal internal = (VertxInternal) vertx;
    ClusterManager manager = internal.clusterManager();
    if (!(manager instanceof HazelcastClusterManager ours)) {
      return Future.failedFuture(
          new IllegalStateException("the hub can only be clustered by vertx-hazelcast"));
    }
    ClusterNode node = new ClusterNode(internal, container, ours, options);
    container.placedBy(node);
    return node.onContext(node::start).map(node);
  }

  private Future<Void> start() {
    LocalCodec.register(vertx);
    return vertx
        .executeBlocking(this::prepareMaps, false)
        .compose(
            prepared -> {
              membershipListener = hazelcast.getCluster().addMembershipListener(new Watch());
              lifecycleListener =
                  hazelcast
                      .getLifecycleService()
                      .addLifecycleListener(
                          event -> {
                            if (event.getState() == LifecycleState.MERGED) {
                              context.runOnContext(v -> merged());
                            }
                          });
              listenLocally();
              return line.start();
            })
        .compose(
            started -> {
              new AddressRouter(vertx).connect(line);
              lives = members.lives();
              nodes = Set.copyOf(lives.keySet());
              nodesSince = System.nanoTime();
              hadQuorum = members.hasQuorum();
              joinAddresses = joinAddresses();
              timers.add(vertx.setPeriodic(LOOK_MS, timer -> look()));
              timers.add(vertx.setPeriodic(READ_ALL_MS, timer -> readAll()));
              timers.add(vertx.setPeriodic(PROBE_MS, timer -> probe()));
              logger.info("node {} is one of {}, quorum {}", me, nodes.size(), members.quorum());
              if (!hadQuorum) {
                logger.warn("{} more nodes are needed to serve", members.quorum() - nodes.size());
              }
              return readAll();
            })
        .map(
            read -> {
              look();
              return null;
            });
  }

  /** Where a file configures Hazelcast, how nodes find each other is its business. */
  private @Nullable JoinAddresses joinAddresses() {
    TcpIpConfig search =
        hazelcast.getConfig().getAdvancedNetworkConfig().getJoin().getTcpIpConfig();
    // Somebody else's Hazelcast may have an ordinary network, which is not ours to narrow.
    return options.getConfig().isEmpty()
            && hazelcast.getConfig().getAdvancedNetworkConfig().isEnabled()
            && search.isEnabled()
        ? new JoinAddresses(search)
        : null;
  }

  /** Looking up a map may wait for the cluster. */
  private @Nullable Void prepareMaps() {
    Map<String, MapConfig> known = hazelcast.getConfig().getMapConfigs();
    boolean isProtected =
        hazelcast
            .getConfig()
            .getSplitBrainProtectionConfigs()
            .containsKey(HazelcastSettings.PROTECTION);
    for (MapConfig ours : HazelcastSettings.maps(options, isProtected)) {
      if (!known.containsKey(ours.getName())) {
        hazelcast.getConfig().addMapConfig(ours);
      }
    }
    if (options.getQuorum() > 1 && !isProtected) {
      logger.warn(
          "this Hazelcast has no split brain protection \"{}\", see docs/CLUSTER.md: a part that is"
              + " cut off notices only by counting its members",
          HazelcastSettings.PROTECTION);
    }
    if (HazelcastSettings.hasMoreThanMembers(hazelcast.getConfig().getAdvancedNetworkConfig())) {
      logger.warn(
          "this Hazelcast serves clients, see docs/CLUSTER.md: whoever reaches its port may read"
              + " and destroy everything");
    }
    IMap<String, String> all = hazelcast.getMap(HazelcastSettings.CHANNELS);
    entryListener = all.addEntryListener(new RecordWatch(), true);
    map = all;
    logs = hazelcast.getMap(HazelcastSettings.LOG);
    return null;
  }

  private void listenLocally() {
    consumers.add(vertx.eventBus().<JsonObject>localConsumer(ADDRESS, this::hear));
    consumers.add(vertx.eventBus().<String>localConsumer(Addresses.RESOLVE, this::resolve));
    consumers.add(
        vertx
            .eventBus()
            .<Object>localConsumer(Addresses.HEALTH, request -> request.reply(health())));
  }

  private <T> Future<T> onContext(Supplier<Future<T>> action) {
    Promise<T> done = vertx.getOrCreateContext().promise();
    context.runOnContext(v -> action.get().onComplete(done));
    return done.future();
  }

  private IMap<String, String> map() {
    IMap<String, String> all = map;
    if (all == null) {
      throw new IllegalStateException("the node has not joined");
    }
    return all;
  }

  // ---- what the container asks

  @Override
  public Future<Void> create(String id, JsonObject channelOptions) {
    return onContext(
        () -> {
          String node = Rendezvous.place(id, eligible());
          return createAt(node == null ? me : node, id, channelOptions);
        });
  }

  private Future<Void> createAt(String node, String id, @Nullable JsonObject channelOptions) {
    if (!members.hasQuorum()) {
      return noQuorum();
    }
    long now = System.currentTimeMillis();
    ChannelRecord record = new ChannelRecord(id, node, now, now, channelOptions);
    return swap(id, null, record)
        .compose(
            there -> {
              if (!there.equals(Optional.of(record))) {
                return Future.failedFuture(InvalidChannelException.exists(id));
              }
              learn(record);
              Future<?> opening = busy.get(id);
              return tellAll(record)
                  .compose(
                      told ->
                          opening == null
                              ? Future.succeededFuture()
                              : opening.<Void>mapEmpty().otherwiseEmpty());
            });
  }

  @Override
  public Future<Ownership> claim(String id) {
    return onContext(
        () -> {
          if (!members.hasQuorum()) {
            return noQuorum();
          }
          ChannelRecord known = records.get(id);
          if (known != null && known.isPinned() && !members.nodes().contains(known.node())) {
            ChannelRecord next = known.ownedBy(me);
            return swap(id, known, next).compose(there -> claimed(next, there));
          }
          long now = System.currentTimeMillis();
          ChannelRecord record = new ChannelRecord(id, me, now, now, null);
          return swap(id, null, record).compose(there -> claimed(record, there));
        });
  }

  private Future<Ownership> claimed(ChannelRecord wanted, Optional<ChannelRecord> there) {
    if (!there.equals(Optional.of(wanted))) {
      return Future.failedFuture(InvalidChannelException.exists(wanted.id()));
    }
    note(wanted);
    used.put(wanted.id(), wanted.term());
    return Future.succeededFuture(ownership(wanted));
  }

  @Override
  public Future<Void> opened(String id) {
    return onContext(
        () -> {
          ChannelRecord record = records.get(id);
          if (record == null) {
            return Future.succeededFuture();
          }
          nowOpen(record);
          return tellAll(record);
        });
  }

  @Override
  public Future<Void> removed(String id) {
    return onContext(
        () -> {
          ChannelRecord record = records.get(id);
          if (record == null) {
            return Future.succeededFuture();
          }
          return swap(id, record, null)
              .compose(
                  there -> {
                    forget(id, record.term());
                    JsonObject news =
                        new JsonObject()
                            .put("do", "forget")
                            .put("id", id)
                            .put("term", record.term());
                    return tellAll(news);
                  });
        });
  }

  @Override
  public boolean knows(String id) {
    return records.containsKey(id);
  }

  @Override
  public CreationOrder order() {
    return order;
  }

  @Override
  public Future<Void> readiness() {
    String trouble = trouble();
    return trouble == null
        ? Future.succeededFuture()
        : Future.failedFuture(new UnavailableException(trouble));
  }

  @Override
  public Future<Void> prove(String id) {
    return onContext(rounds::prove);
  }

  private @Nullable String trouble() {
    if (draining) {
      return "the node is draining";
    }
    if (!members.hasQuorum()) {
      return "too few nodes see each other: "
          + members.nodes().size()
          + " of at least "
          + members.quorum();
    }
    if (!registered) {
      return "the node is not registered with the event bus, it is being registered again";
    }
    return synced ? null : "the node does not know all channels yet";
  }

  private JsonObject health() {
    String trouble = trouble();
    JsonObject health =
        new JsonObject()
            .put("status", trouble == null && unreachableNodes == 0 ? "UP" : "DEGRADED")
            .put("node", me)
            .put("nodes", members.nodes().size())
            .put("quorum", members.quorum())
            .put("unreachable", unreachableNodes)
            .put("channels", records.size())
            .put("owned", open.size());
    return trouble == null ? health : health.put("trouble", trouble);
  }

  private static <T> Future<T> noQuorum() {
    return Future.failedFuture(
        new UnavailableException("too few nodes of the cluster see each other"));
  }

  /** The channels that anything is kept of here. */
  Future<Set<String>> remembered() {
    return onContext(
        () -> {
          Set<String> ids = new HashSet<>(records.keySet());
          for (Map<String, ?> each : List.of(routes, open, busy, used)) {
            ids.addAll(each.keySet());
          }
          return Future.succeededFuture(ids);
        });
  }

  // ---- records

  /** Changes a record if it is as expected; gives what is there then. */
  private Future<Optional<ChannelRecord>> swap(
      String id, @Nullable ChannelRecord expected, @Nullable ChannelRecord update) {
    RecordSwap step =
        new RecordSwap(
            expected == null ? null : expected.text(), update == null ? null : update.text());
    Loop loop = new VertxLoop(context);
    long deadline = loop.nanoTime() + TAKING_PATIENCE_MS * 1_000_000;
    // A channel that is removed meanwhile must not come back by a second attempt to create it.
    RepeatedWrite<@Nullable String> write =
        expected == null
            ? new RepeatedWrite<>(() -> submit(id, step), failure -> true, 1, loop)
            : new RepeatedWrite<>(
                () -> submit(id, step),
                failure -> loop.nanoTime() - deadline > 0,
                RepeatedWrite.MOST_AT_ONCE,
                loop);
    return write
        .start()
        .map(text -> Optional.ofNullable(text).map(record -> ChannelRecord.parse(id, record)));
  }

  private Future<@Nullable String> submit(String id, RecordSwap step) {
    try {
      return Future.<@Nullable String>fromCompletionStage(map().submitToKey(id, step), context)
          .recover(
              e ->
                  Future.failedFuture(
                      new UnavailableException("the cluster did not answer: " + e.getMessage())));
    } catch (RuntimeException e) {
      return Future.failedFuture(new RepositoryException("the cluster is shut down", e));
    }
  }

  /** Takes note of a record, from wherever it is known. The later term wins. */
  private void learn(ChannelRecord record) {
    ChannelRecord known = records.get(record.id());
    if (closed || (known != null && known.term() > record.term())) {
      return;
    }
    note(record);
    settle(record);
  }

  private void note(ChannelRecord record) {
    records.put(record.id(), record);
    order.add(record.id(), record.created());
  }

  private void forget(String id, long term) {
    ChannelRecord known = records.get(id);
    if (known == null || known.term() > term) {
      return;
    }
    records.remove(id);
    order.remove(id);
    used.remove(id);
    if (open.remove(id) != null) {
      container.leave(id, false);
    }
    Route route = routes.remove(id);
    if (route != null) {
      route.close();
    }
  }

  private Future<Void> readAll() {
    if (closed) {
      return Future.succeededFuture();
    }
    if (reading) {
      readAgain = true;
      return Future.succeededFuture();
    }
    reading = true;
    boolean otherCluster = mergedSince;
    mergedSince = false;
    Map<String, Long> before = new HashMap<>();
    records.forEach((id, record) -> before.put(id, record.term()));
    return vertx
        .executeBlocking(
            () -> {
              Map<String, ChannelRecord> all = new HashMap<>();
              map()
                  .entrySet()
                  .forEach(e -> all.put(e.getKey(), ChannelRecord.parse(e.getKey(), e.getValue())));
              return all;
            },
            false)
        .<Void>map(
            all -> {
              synced = true;
              for (ChannelRecord record : all.values()) {
                ChannelRecord known = records.get(record.id());
                if (otherCluster
                    && known != null
                    && Long.valueOf(known.term()).equals(before.get(known.id()))) {
                  note(record); // what was written apart from this cluster, however late, is void
                }
                learn(record);
              }
              before.forEach(
                  (id, term) -> {
                    if (!all.containsKey(id)) {
                      forget(id, term);
                    }
                  });
              return null;
            })
        .recover(
            e -> {
              logger.debug("the records cannot be read", e);
              mergedSince |= otherCluster;
              return Future.succeededFuture();
            })
        .onComplete(
            done -> {
              reading = false;
              if (readAgain) {
                readAgain = false;
                readAll();
              }
            });
  }

  private void readOne(String id) {
    try {
      Future.fromCompletionStage(map().getAsync(id), context)
          .onSuccess(
              text -> {
                if (text != null) {
                  learn(ChannelRecord.parse(id, text));
                }
              });
    } catch (RuntimeException shutDown) {
      logger.debug("the record of channel {} cannot be read", id, shutDown);
    }
  }

  // ---- what follows from a record

  private Route route(String id) {
    return routes.computeIfAbsent(id, key -> new Route(vertx, line, key, () -> readOne(key)));
  }

  /** Brings this node in line with a record. */
  private void settle(ChannelRecord record) {
    String id = record.id();
    if (busy.containsKey(id)) {
      return; // looked at again when that is done
    }
    Long openTerm = open.get(id);
    if (openTerm != null && (openTerm != record.term() || !record.node().equals(me))) {
      lose(id);
      return;
    }
    if (openTerm != null) {
      return;
    }
    Route route = route(id);
    route.listen();
    if (!record.node().equals(me)) {
      boolean lives = nodes.contains(record.node());
      serve(record, route, lives ? record.node() : null);
      if (!lives && !record.isPinned() && me.equals(Rendezvous.place(id, eligible()))) {
        take(record);
      }
    } else if (!record.isPinned() && !draining && members.hasQuorum()) {
      Long usedTerm = used.get(id);
      if (usedTerm != null && usedTerm >= record.term()) {
        take(record); // what was under way under this term may still come to pass
      } else {
        openHere(record);
      }
    }
  }

  /** Streams are told before commands flow: they open themselves anew on the next term. */
  private void serve(ChannelRecord record, Route route, @Nullable String node) {
    Route.News news = route.news(node, record.term());
    if (news == Route.News.NONE) {
      return;
    }
    if (node == null) {
      route.unserved();
      return;
    }
    boolean isNew = news == Route.News.STREAMS_OPEN_ANEW;
    if (isNew) {
      OwnerChanged moved = new OwnerChanged(record.id(), record.term());
      vertx.eventBus().publish(Addresses.MOVED, moved, LocalCodec.options());
      vertx.eventBus().publish(Addresses.moved(record.id()), moved, LocalCodec.options());
    }
    route.servedBy(node, record.term(), isNew);
  }

  private void take(ChannelRecord record) {
    String id = record.id();
    if (busy.containsKey(id) || closed || draining || !members.hasQuorum()) {
      return;
    }
    ChannelRecord next = record.ownedBy(me);
    work(
        id,
        swap(id, record, next)
            .onSuccess(
                there -> {
                  there.ifPresent(this::note);
                }));
  }

  /** Something that nothing else may happen to the channel meanwhile. */
  private void work(String id, Future<?> work) {
    busy.put(id, work);
    work.onComplete(
        done -> {
          busy.remove(id);
          ChannelRecord record = records.get(id);
          if (record != null && !closed && done.succeeded()) {
            settle(record);
          }
        });
  }

  private Ownership ownership(ChannelRecord record) {
    IMap<LogKey, byte[]> all = logs;
    if (all == null) {
      throw new IllegalStateException("the node has not joined");
    }
    String id = record.id();
    HazelcastStore store =
        new HazelcastStore(
            vertx,
            all,
            record.term(),
            members::hasQuorum,
            () -> context.runOnContext(v -> lost(id, record.term())));
    return new Ownership(record.term(), store);
  }

  private void openHere(ChannelRecord record) {
    String id = record.id();
    JsonObject channelOptions = record.options();
    if (channelOptions == null) {
      return;
    }
    used.put(id, record.term());
    long since = System.nanoTime();
    work(
        id,
        container
            .open(id, channelOptions, ownership(record))
            .transform(
                done -> {
                  if (done.failed()) {
                    logger.warn("channel {} cannot be opened: {}", id, done.cause().toString());
                    return Future.failedFuture(done.cause());
                  }
                  logger.debug(
                      "channel {} is open here, term {}, after {} ms",
                      id,
                      record.term(),
                      (System.nanoTime() - since) / 1_000_000);
                  if (!records.containsKey(id)) { // removed meanwhile
                    return container.leave(id, false).mapEmpty();
                  }
                  nowOpen(record);
                  tellAll(record);
                  return Future.succeededFuture();
                }));
  }

  private void nowOpen(ChannelRecord record) {
    open.put(record.id(), record.term());
    Route route = route(record.id());
    route.stopListening();
    serve(record, route, me);
  }

  /** The ownership has proved to be over. */
  private void lost(String id, long term) {
    Long openTerm = open.get(id);
    if (openTerm != null && openTerm == term) {
      logger.warn("channel {} is lost to another owner, or the quorum is", id);
      lose(id);
    }
    readOne(id);
  }

  /** Stops at once; what others have written since counts. */
  private void lose(String id) {
    open.remove(id);
    Route route = route(id);
    route.listen();
    route.unserved();
    work(id, container.leave(id, false).onSuccess(again -> again.forEach(route::remember)));
  }

  /** Gives an open channel to another node, in order. */
  private Future<Void> handOver(String id, String node) {
    ChannelRecord record = records.get(id);
    if (record == null || !open.containsKey(id) || busy.containsKey(id) || record.isPinned()) {
      return Future.succeededFuture();
    }
    logger.debug("channel {} goes to node {}", id, node);
    open.remove(id);
    Route route = route(id);
    route.listen();
    route.unserved();
    ChannelRecord next = record.ownedBy(node);
    Future<Void> done =
        container
            .leave(id, true)
            .compose(
                again -> {
                  again.forEach(route::remember);
                  return swap(id, record, next);
                })
            .map(
                there -> {
                  there.ifPresent(this::note);
                  return null;
                });
    work(id, done);
    return done.compose(moved -> tellAll(next)).otherwiseEmpty();
  }

  // ---- nodes

  /** For any thread. */
  private boolean isMember(String node) {
    return nodes.contains(node) || members.nodes().contains(node);
  }

  private Set<String> eligible() {
    Set<String> eligible = new HashSet<>(nodes);
    eligible.removeAll(leaving);
    if (draining) {
      eligible.remove(me);
    }
    return eligible;
  }

  private void membersChanged() {
    if (closed) {
      return;
    }
    Map<String, UUID> before = lives;
    lives = members.lives();
    nodes = Set.copyOf(lives.keySet());
    nodesSince = System.nanoTime();
    before.forEach(
        (node, life) -> {
          UUID now = lives.get(node);
          if (now == null) {
            gone(node);
          } else if (!now.equals(life)) {
            cameBack(node);
          }
        });
    for (String node : nodes) {
      if (!before.containsKey(node)) {
        logger.info("node {} has come, there are {}", node, nodes.size());
      }
    }
    look();
  }

  private void gone(String node) {
    logger.info("node {} is gone, {} are left", node, nodes.size());
    line.nodeGone(node);
    leaving.remove(node);
    unreachable.remove(node);
    container.nodeGone(node);
  }

  /**
   * A node has left and come back before this one looked. What was said to it meanwhile is lost,
   * and streams that it serves have to open themselves anew. Those that it has on channels here are
   * left to it, because it does the same, and may have begun with it.
   */
  private void cameBack(String node) {
    if (node.equals(me)) {
      hasMerged();
      return;
    }
    logger.info("node {} was away and has come back", node);
    line.nodeGone(node);
    unreachable.remove(node);
    records
        .values()
        .forEach(
            record -> {
              if (record.node().equals(node)) {
                serve(record, route(record.id()), null);
              }
            });
  }

  /**
   * This node is a member of another cluster than before, perhaps without having seen that it was
   * alone. The others have forgotten its streams, and what was written here since may be void: a
   * channel that is open here is opened anew, with what the cluster has of its log. One that only
   * this node can open stays open while its record says so.
   */
  private void hasMerged() {
    mergedSince = true;
    for (String id : List.copyOf(open.keySet())) {
      ChannelRecord record = records.get(id);
      if (record == null || !record.isPinned()) {
        lose(id);
      }
    }
    records
        .values()
        .forEach(
            record -> {
              if (!open.containsKey(record.id())) {
                serve(record, route(record.id()), null);
              }
            });
  }

  private void merged() {
    logger.info("the cluster has merged again");
    mergedSince = true;
    membersChanged();
    checkRegistration();
    readAll();
  }

  /** Compares what is with what should be. */
  private void look() {
    if (closed) {
      return;
    }
    JoinAddresses addresses = joinAddresses;
    if (addresses != null) {
      addresses.update(members.addresses(), System.nanoTime() / 1_000_000);
    }
    boolean quorum = members.hasQuorum();
    if (quorum != hadQuorum) {
      hadQuorum = quorum;
      if (quorum) {
        logger.info("enough nodes see each other");
        readAll();
      } else {
        logger.warn("too few nodes see each other, nothing is served");
      }
    }
    if (!quorum) {
      List.copyOf(open.keySet()).forEach(this::lose);
      // What goes to a node beyond the cut would be read, and done, when the cut is healed.
      records.values().forEach(record -> serve(record, route(record.id()), null));
      return;
    }
    if (!lives.equals(members.lives())) {
      membersChanged();
      return;
    }
    List.copyOf(records.values()).forEach(this::settle);
    rebalance();
  }

  private void rebalance() {
    long stable = (System.nanoTime() - nodesSince) / 1_000_000;
    if (draining || options.getRebalanceDelay() == 0 || stable < options.getRebalanceDelay()) {
      return;
    }
    int moves = 0;
    Set<String> eligible = eligible();
    for (String id : List.copyOf(open.keySet())) {
      String node = Rendezvous.place(id, eligible);
      ChannelRecord record = records.get(id);
      if (node != null && !node.equals(me) && record != null && !record.isPinned()) {
        handOver(id, node);
        if (++moves == MOVES_AT_A_TIME) {
          return;
        }
      }
    }
  }

  // ---- talk between nodes

  private Future<Void> tellAll(ChannelRecord record) {
    return tellAll(
        new JsonObject().put("do", "learn").put("id", record.id()).put("record", record.text()));
  }

  /** Completed when every node has confirmed, or its time is over: it will find out by itself. */
  private Future<Void> tellAll(JsonObject news) {
    List<Future<?>> told = new ArrayList<>();
    for (String node : nodes) {
      if (!node.equals(me)) {
        told.add(line.request(node, ADDRESS, news, CONFIRM_MS));
      }
    }
    return Future.join(told).<Void>mapEmpty().otherwiseEmpty();
  }

  private void hear(Message<JsonObject> message) {
    JsonObject news = message.body();
    switch (String.valueOf(news.getString("do"))) {
      case "learn" -> {
        ChannelRecord record = ChannelRecord.parse(news.getString("id"), news.getString("record"));
        learn(record);
        Future<?> opening = record.node().equals(me) ? busy.get(record.id()) : null;
        if (opening == null) {
          message.reply(null);
        } else {
          opening.onComplete(done -> message.reply(null));
        }
      }
      case "forget" -> {
        forget(news.getString("id"), news.getLong("term"));
        message.reply(null);
      }
      case "leaving" -> {
        leaving.add(news.getString("node"));
        message.reply(null);
      }
      case "see" -> message.reply(members.nodes().contains(news.getString("node")));
      case "probe" -> message.reply(!unreachable.contains(news.getString("node")));
      default -> message.fail(400, "unknown");
    }
  }

  /** Somebody here has found nobody at a channel's address. */
  private void resolve(Message<String> question) {
    String id = question.body();
    Future<?> under = busy.get(id);
    if (under != null) {
      under.onComplete(done -> question.reply(true));
    } else if (records.containsKey(id)) {
      vertx.setTimer(20, timer -> question.reply(true));
    } else {
      Future.fromCompletionStage(map().getAsync(id), context)
          .onComplete(
              read -> {
                if (read.result() != null) {
                  learn(ChannelRecord.parse(id, read.result()));
                }
                question.reply(read.result() != null);
              });
    }
  }

  // ---- the watch over ourselves

  private void probe() {
    if (closed) {
      return;
    }
    checkRegistration();
    for (String node : nodes) {
      if (node.equals(me)) {
        continue;
      }
      line.request(node, ADDRESS, new JsonObject().put("do", "probe").put("node", me), PROBE_MS)
          .onComplete(
              answer -> {
                if (answer.failed()) {
                  if (nodes.contains(node) && unreachable.add(node)) {
                    logger.warn("node {} is a member and does not answer", node);
                  }
                } else {
                  if (unreachable.remove(node)) {
                    logger.info("node {} answers again", node);
                  }
                  if (Boolean.FALSE.equals(answer.result())) {
                    registerAgain("node " + node + " cannot reach this one");
                  }
                }
                unreachableNodes = unreachable.size();
              });
    }
  }

  /** After a cut the cluster may have forgotten this node's address, without a word. */
  private void checkRegistration() {
    Promise<List<RegistrationInfo>> found = context.promise();
    try {
      vertx.clusterManager().getRegistrations(Addresses.node(me), found);
    } catch (RuntimeException shutDown) {
      return;
    }
    found
        .future()
        .onSuccess(
            registrations -> {
              boolean known =
                  registrations != null
                      && registrations.stream().anyMatch(info -> me.equals(info.nodeId()));
              if (known) {
                if (!registered) {
                  registered = true;
                  logger.info("the node is registered again");
                }
              } else {
                registerAgain("its address is not registered");
              }
            });
  }

  private void registerAgain(String why) {
    if (registering || closed) {
      return;
    }
    registering = true;
    registered = false;
    logger.warn("the node registers itself again: {}", why);
    line.registerAgain()
        .onComplete(
            done -> {
              registering = false;
              registered = done.succeeded();
            });
  }

  // ---- the end

  /**
   * Hands all channels over to other nodes, and takes none from now on. Nodes that have none to
   * hand over to keep theirs.
   */
  public Future<Void> drain() {
    return onContext(
        () -> {
          if (draining) {
            return Future.succeededFuture();
          }
          draining = true;
          return tellAll(new JsonObject().put("do", "leaving").put("node", me))
              .compose(
                  told -> {
                    Set<String> others = eligible();
                    if (others.isEmpty() || members.nodes().size() - 1 < members.quorum()) {
                      logger.warn("too few nodes remain to take this one's channels");
                      return Future.succeededFuture();
                    }
                    return handOverAll(others);
                  });
        });
  }

  private Future<Void> handOverAll(Set<String> others) {
    logger.info("{} channels go to other nodes", open.size());
    List<Future<Void>> moved = new ArrayList<>();
    for (String id : List.copyOf(open.keySet())) {
      String node = Rendezvous.place(id, others);
      if (node != null) {
        moved.add(handOver(id, node));
      }
    }
    return Future.join(moved).<Void>mapEmpty().otherwiseEmpty();
  }

  /** Takes no part any more. Channels that are still open here are left to the others. */
  public Future<Void> leave() {
    return onContext(
        () -> {
          if (closed) {
            return Future.succeededFuture();
          }
          closed = true;
          timers.forEach(vertx::cancelTimer);
          consumers.forEach(MessageConsumer::unregister);
          routes.values().forEach(Route::stopListening);
          new AddressRouter(vertx).connect(null);
          return vertx
              .executeBlocking(
                  () -> {
                    if (hazelcast.getLifecycleService().isRunning()) {
                      stopWatching();
                    }
                    return null;
                  },
                  false)
              .otherwiseEmpty()
              .compose(unwatched -> line.close())
              .otherwiseEmpty();
        });
  }

  private void stopWatching() {
    if (membershipListener != null) {
      hazelcast.getCluster().removeMembershipListener(membershipListener);
    }
    if (lifecycleListener != null) {
      hazelcast.getLifecycleService().removeLifecycleListener(lifecycleListener);
    }
    if (entryListener != null) {
      map().removeEntryListener(entryListener);
    }
  }

  /** Those who have to see this node when it says that it owns a channel. */
  private final class Others implements QuorumRounds.Electorate {
    @Override
    public int quorum() {
      return members.quorum();
    }

    @Override
    public boolean hasQuorum() {
      return members.hasQuorum();
    }

    @Override
    public Set<String> others() {
      Set<String> others = new HashSet<>(members.nodes());
      others.remove(me);
      return others;
    }

    @Override
    public Future<Boolean> seesThisNode(String other, long timeoutMs) {
      return line.request(
              other, ADDRESS, new JsonObject().put("do", "see").put("node", me), timeoutMs)
          .map(Boolean.TRUE::equals);
    }
  }

  private final class Watch implements MembershipListener {
    @Override
    public void memberAdded(MembershipEvent event) {
      context.runOnContext(v -> membersChanged());
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
      context.runOnContext(v -> membersChanged());
    }
  }

  private final class RecordWatch
      implements EntryAddedListener<String, String>, EntryUpdatedListener<String, String> {
    @Override
    public void entryAdded(EntryEvent<String, String> event) {
      changed(event);
    }

    @Override
    public void entryUpdated(EntryEvent<String, String> event) {
      changed(event);
    }

    private void changed(EntryEvent<String, String> event) {
      ChannelRecord record = ChannelRecord.parse(event.getKey(), event.getValue());
      context.runOnContext(v -> learn(record));
    }
  }
}
