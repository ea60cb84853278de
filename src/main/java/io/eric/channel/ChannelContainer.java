package io.eric.channel;

import io.eric.Channel;
import io.eric.EricException;
import io.eric.InvalidChannelException;
import io.eric.InvalidMessageFormatException;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.channel.internal.CreationOrder;
import io.eric.channel.internal.HubPlace;
import io.eric.channel.internal.LivenessProbe;
import io.eric.channel.internal.Placement;
import io.eric.channel.internal.StoreWatch;
import io.eric.channel.internal.core.ChannelLife;
import io.eric.channel.internal.overflow.LogBudget;
import io.eric.channel.internal.readers.ListenerCount;
import io.eric.internal.CallersContext;
import io.eric.internal.VertxLoop;
import io.eric.internal.client.BusClient;
import io.eric.internal.client.ChannelHandle;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.CommandReader;
import io.eric.internal.protocol.ListPage;
import io.eric.internal.protocol.LocalCodec;
import io.eric.log.ChannelDefinition;
import io.eric.log.MessageStore;
import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Health;
import io.eric.metrics.Meters;
import io.eric.options.ChannelCeilings;
import io.eric.options.LogsOptions;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Closeable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the channels of one hub: deploys them, finds them, and answers {@code c}, {@code ls} and
 * {@code ping} at {@code eric.channels} on the event bus. There is one container per Vert.x
 * instance. Its methods may be called from any thread; futures complete on the caller's context,
 * except those of {@link #open} and {@link #leave}, which a cluster calls.
 */
public final class ChannelContainer {

  private static final Logger logger = LoggerFactory.getLogger(ChannelContainer.class);

  /** The pauses before a channel is opened again, the first and the longest, in milliseconds. */
  private static final long FIRST_RENEWAL_PAUSE_MS = 200;

  private static final long LAST_RENEWAL_PAUSE_MS = 30_000;
  private static final CommandReader READER = new CommandReader();
  private static final DeliveryOptions LOCAL = LocalCodec.options();

  private final Vertx vertx;

  /**
   * The context that made this container. Without a cluster, channels are deployed from here, so
   * that they belong to the verticle of this context, if it has one.
   */
  private final Context home;

  private final MessageStore store;
  private final JsonObject defaults;
  private final BusClient client;
  private final LogBudget budget;

  /** The hub's budget and its parts. */
  private final List<LogBudget> budgets = new CopyOnWriteArrayList<>();

  private final Meters meters;
  private final SSEChannelOptions defaultOptions;
  private final ChannelCeilings ceilings;
  private final int maxChannels;
  private final Map<String, Registered> channels = new LinkedHashMap<>();

  /** The channels that are being claimed and opened here; guarded by {@code channels}. */
  private final Set<String> claiming = new HashSet<>();

  private final CreationOrder order = new CreationOrder();
  private long created;
  private @Nullable MessageConsumer<Object> consumer;
  private @Nullable MessageConsumer<Object> health;
  private @Nullable LivenessProbe doors;
  private @Nullable MessageConsumer<String> resolver;
  private Runnable unmetered = () -> {};
  private Runnable unwatched = () -> {};
  private volatile @Nullable Placement placement;
  private boolean closed;

  /** The place of this hub, once it is taken; guarded by {@code channels}. */
  private @Nullable HubPlace place;

  /** Whether the place is left when the container closes; guarded by {@code channels}. */
  private boolean isPlaceOurs;

  /**
   * Leaves the place with the verticle that made this container, because its channels end with the
   * verticle, too.
   */
  private final Closeable homeClosed =
      done -> {
        leavePlace();
        done.succeed();
      };

  /**
   * Creates a container without channels. Without a cluster, channels belong to the verticle on
   * whose context the container is created, if there is one, and end with it.
   *
   * @param store where the channels' logs live; the caller closes it, after {@link #close}
   * @param defaults the options of channels that {@link #create} makes, where the caller says
   *     nothing else; their id is ignored
   */
  public ChannelContainer(Vertx vertx, MessageStore store, SSEChannelOptions defaults) {
    this(vertx, store, defaults, new LogsOptions());
  }

  /**
   * Creates a container as {@link #ChannelContainer(Vertx, MessageStore, SSEChannelOptions)} does,
   * with other bounds than the default ones.
   *
   * @param logs the bounds of the heap, the channels and the listeners of the whole hub
   */
  public ChannelContainer(
      Vertx vertx, MessageStore store, SSEChannelOptions defaults, LogsOptions logs) {
    this.vertx = vertx;
    this.home = vertx.getOrCreateContext();
    this.store = store;
    this.client = new BusClient(vertx);
    this.meters = Meters.of(vertx);
    this.budget =
        new LogBudget(logs.effectiveMaxBytes(), new ListenerCount(logs.effectiveMaxListeners()));
    this.budgets.add(budget);
    this.maxChannels = logs.effectiveMaxChannels();
    this.ceilings = logs.getCeilings();
    this.defaults = defaults.toJson();
    this.defaults.remove("id");
    this.defaultOptions = new SSEChannelOptions(this.defaults);
  }

  /**
   * Lets a cluster decide where channels live. Call it before {@link #start}.
   *
   * @throws IllegalStateException if this Vert.x instance has a container already
   */
  public void placedBy(Placement placement) {
    takePlace();
    this.placement = placement;
  }

  /**
   * Makes a budget of an equal part of the hub's, for logs that a cluster counts together. Their
   * listeners count against the hub's limit.
   *
   * @param parts how many such budgets there are
   */
  public LogBudget partOfBudget(int parts) {
    LogBudget part = new LogBudget(budget.maxBytes() / parts, budget.listeners());
    budgets.add(part);
    return part;
  }

  /**
   * Gives the container the place that its creator has taken, and leaves when the store is closed.
   * Call it first. Without this call the container takes the place itself.
   */
  public void occupies(HubPlace taken) {
    synchronized (channels) {
      place = taken;
    }
  }

  /** Makes this the only container of its Vert.x instance. */
  private void takePlace() {
    synchronized (channels) {
      if (place == null) {
        place = HubPlace.take(vertx);
        isPlaceOurs = true;
        ((ContextInternal) home).addCloseHook(homeClosed);
      }
    }
  }

  private void leavePlace() {
    synchronized (channels) {
      if (place != null && isPlaceOurs) {
        ((ContextInternal) home).removeCloseHook(homeClosed);
        place.leave();
        place = null;
      }
    }
  }

  /**
   * Starts answering at {@code eric.channels} and checking that the channels answer.
   *
   * @return completed when {@code eric.channels} can be reached; fails with {@link
   *     IllegalStateException} if this Vert.x instance has a container already
   */
  public Future<Void> start() {
    try {
      takePlace();
    } catch (IllegalStateException second) {
      return Future.failedFuture(second);
    }
    MessageConsumer<Object> address =
        vertx.eventBus().localConsumer(Addresses.CHANNELS, this::handle);
    consumer = address;
    StoreWatch watch = new StoreWatch(store);
    health =
        vertx
            .eventBus()
            .localConsumer(
                Addresses.READINESS,
                request -> readiness(watch).onSuccess(answer -> request.reply(answer)));
    LivenessProbe doorWatch =
        new LivenessProbe(new VertxLoop(vertx.getOrCreateContext()), new AddressedDoors());
    doorWatch.start();
    doors = doorWatch;
    unwatched = Health.of(vertx).add(doorWatch);
    if (placement == null) { // in a cluster, its node answers this
      resolver = vertx.eventBus().localConsumer(Addresses.RESOLVE, this::resolve);
    }
    unmetered = Meters.of(vertx).add(vertx.getOrCreateContext(), this::sample);
    return address.completion();
  }

  /**
   * Creates an {@link SSEChannel} for a client.
   *
   * @param id the wanted id, or null for a random one
   * @param options the options that differ from the defaults, as {@link
   *     SSEChannelOptions#SSEChannelOptions(JsonObject)} takes them, or null
   * @return a handle on the channel; fails with {@link InvalidChannelException} if the id is taken,
   *     {@link InvalidMessageFormatException} if the id or an option is wrong or beyond {@link
   *     LogsOptions#getCeilings()}, {@link UnavailableException} if there are {@link
   *     LogsOptions#getMaxChannels()} channels
   */
  public Future<Channel> create(@Nullable String id, @Nullable JsonObject options) {
    return CallersContext.of(vertx, () -> create(id, options, ceilings));
  }

  /**
   * Creates a channel as {@link #create} does, for the hub's own settings: its options may go
   * beyond the ceilings, which are for clients.
   */
  public Future<Channel> createConfigured(String id, JsonObject options) {
    return CallersContext.of(vertx, () -> create(id, options, null));
  }

  private Future<Channel> create(
      @Nullable String id, @Nullable JsonObject options, @Nullable ChannelCeilings limits) {
    SSEChannel channel;
    try {
      SSEChannelOptions all = options(id, options);
      if (limits != null) {
        checkCeilings(limits, all);
      }
      channel = new SSEChannel(all);
    } catch (EricException e) {
      return Future.failedFuture(e);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(new InvalidMessageFormatException(String.valueOf(e.getMessage())));
    }
    if (placement != null && isFull(channel.id(), order().size())) {
      return Future.failedFuture(full());
    }
    Placement cluster = placement;
    if (cluster != null) {
      return cluster
          .create(channel.id(), ((SSEChannelOptions) channel.options()).toJson())
          .map(created -> get(channel.id()));
    }
    ChannelDefinition definition =
        new ChannelDefinition(channel.id(), options == null ? new JsonObject() : options.copy());
    return deploy(channel)
        .compose(
            registered ->
                store
                    .define(definition)
                    .recover(
                        e -> remove(channel.id()).transform(gone -> Future.<Void>failedFuture(e))))
        .map(defined -> channel);
  }

  /**
   * Opens the channels that the store remembers, with their listeners, in their order of creation.
   * Call it before any channel is created. A channel of a class other than {@link SSEChannel} is
   * not opened here: its owner has to {@link #register} it again, and it then finds its log. In a
   * cluster this does nothing, because the cluster remembers the channels itself.
   *
   * @param changed options that replace those remembered, by channel id
   * @return fails with {@link RepositoryException} if the store cannot list its channels or a
   *     channel cannot be opened, {@link InvalidMessageFormatException} naming the channel whose
   *     options this version does not take, {@link IllegalStateException} if this Vert.x instance
   *     has a container already
   */
  public Future<Void> restore(Map<String, JsonObject> changed) {
    if (placement != null) {
      // the cluster remembers the channels and opens them where they belong
      return Future.succeededFuture();
    }
    try {
      takePlace(); // before channels are opened, which takes them from a hub that has them
    } catch (IllegalStateException second) {
      return Future.failedFuture(second);
    }
    return CallersContext.of(
        vertx, () -> store.definitions().compose(definitions -> restore(definitions, changed)));
  }

  private Future<Void> restore(
      List<ChannelDefinition> definitions, Map<String, JsonObject> changed) {
    List<Future<Void>> restored = new ArrayList<>();
    for (ChannelDefinition kept : definitions) {
      JsonObject options = changed.getOrDefault(kept.id(), kept.options());
      try {
        Future<Void> registered =
            open(
                new SSEChannel(options(kept.id(), options)),
                new Placement.Ownership(0, store),
                Integer.MAX_VALUE);
        restored.add(
            options.equals(kept.options())
                ? registered
                : registered.compose(
                    done -> store.define(new ChannelDefinition(kept.id(), options.copy()))));
      } catch (IllegalArgumentException e) {
        restored.add(
            Future.failedFuture(
                new InvalidMessageFormatException("channel " + kept.id() + ": " + e.getMessage())));
      }
    }
    return Future.all(restored).mapEmpty();
  }

  private void checkCeilings(ChannelCeilings limits, SSEChannelOptions asked) {
    try {
      limits.check(asked, defaultOptions);
    } catch (InvalidMessageFormatException e) {
      meters.count(CounterName.CHANNELS_REFUSED_CEILING);
      throw e;
    }
  }

  /**
   * Returns whether there is no room for a new channel. A channel that exists is not new: a full
   * hub, too, refuses its id because it exists.
   */
  private boolean isFull(String id, int size) {
    Placement cluster = placement;
    boolean known = cluster == null ? channels.containsKey(id) : cluster.knows(id);
    return size >= maxChannels && !known;
  }

  private UnavailableException full() {
    meters.count(CounterName.CHANNELS_REFUSED_LIMIT);
    return new UnavailableException(
        "the hub has all the channels that it may have, " + maxChannels + " (logs.maxChannels)");
  }

  /** Returns the hub's defaults, overridden by what is asked for. */
  private SSEChannelOptions options(@Nullable String id, @Nullable JsonObject asked) {
    JsonObject merged = defaults.copy();
    if (asked != null) {
      merged.mergeIn(asked, true);
    }
    merged.remove("id");
    return new SSEChannelOptions(merged).setId(id);
  }

  /**
   * Deploys a channel and makes it known.
   *
   * @return completed when the channel is open; fails with {@link InvalidChannelException} if a
   *     channel with this id is registered, {@link UnavailableException} if the hub is full or
   *     closing, {@link RepositoryException} if the log cannot be opened
   */
  public Future<Void> register(AbstractChannel channel) {
    return CallersContext.of(vertx, () -> deploy(channel));
  }

  private Future<Void> deploy(AbstractChannel channel) {
    Placement cluster = placement;
    return cluster == null
        ? open(channel, new Placement.Ownership(0, store), maxChannels)
        : claim(cluster, channel);
  }

  /** Claims a channel and opens it, unless an object of its id is here, whose claim would end. */
  private Future<Void> claim(Placement cluster, AbstractChannel channel) {
    String id = channel.id();
    synchronized (channels) {
      if (channels.containsKey(id) || !claiming.add(id)) {
        return Future.failedFuture(InvalidChannelException.exists(id));
      }
    }
    return cluster
        .claim(id)
        .compose(ownership -> open(channel, ownership, Integer.MAX_VALUE))
        .compose(opened -> cluster.opened(id))
        .onComplete(
            done -> {
              synchronized (channels) {
                claiming.remove(id);
              }
            });
  }

  /**
   * Opens a channel that a cluster has given to this node.
   *
   * @param options all its options, as {@link Placement#create} had them
   * @return fails as {@link #register} does
   */
  public Future<Void> open(String id, JsonObject options, Placement.Ownership ownership) {
    return open(
        new SSEChannel(new SSEChannelOptions(options).setId(id)), ownership, Integer.MAX_VALUE);
  }

  private Future<Void> open(AbstractChannel channel, Placement.Ownership ownership, int max) {
    Registered registered;
    synchronized (channels) {
      if (closed) {
        return Future.failedFuture(new UnavailableException("the hub is closing"));
      }
      if (channels.size() >= max && !channels.containsKey(channel.id())) {
        return Future.failedFuture(full());
      }
      if (channels.containsKey(channel.id())) {
        return Future.failedFuture(InvalidChannelException.exists(channel.id()));
      }
      registered = new Registered(channel, ++created, Promise.promise());
      channels.put(channel.id(), registered);
    }
    channel.storeIn(ownership.store());
    channel.ownedIn(ownership.term());
    LogBudget part = ownership.budget();
    channel.within(part == null ? budget : part);
    channel.provenBy(() -> prove(channel.id()));
    channel.whenRemoved(() -> removed(registered));
    return deployAtHome(channel)
        .onSuccess(
            deployed -> {
              list(registered);
              registered.deployment.complete(deployed);
            })
        .onFailure(
            e -> {
              forget(registered);
              registered.deployment.fail(e);
            })
        .recover(
            e ->
                Future.failedFuture(
                    e instanceof EricException
                        ? e
                        : new RepositoryException("the channel could not be opened", e)))
        .mapEmpty();
  }

  /**
   * Deploys a channel from the container's own context. Vert.x takes the verticle that deploys
   * another one for its parent and undeploys both together, but a channel must not end with the
   * verticle that happened to create it, nor be closed twice when Vert.x closes. In a cluster the
   * node closes channels, after others have taken them over.
   */
  private Future<String> deployAtHome(AbstractChannel channel) {
    if (placement != null) {
      return vertx.deployVerticle(channel);
    }
    Promise<String> deployed = Promise.promise();
    home.runOnContext(v -> vertx.deployVerticle(channel).onComplete(deployed));
    return deployed.future();
  }

  /**
   * Registers channels, passing over those whose id is known on this node already.
   *
   * @return fails as {@link #register} does
   */
  public Future<Void> registerIterable(Iterable<? extends AbstractChannel> newChannels) {
    return CallersContext.of(vertx, () -> deployMissing(newChannels));
  }

  private Future<Void> deployMissing(Iterable<? extends AbstractChannel> newChannels) {
    List<Future<Void>> registered = new ArrayList<>();
    for (AbstractChannel channel : newChannels) {
      if (find(channel.id()) == null) {
        registered.add(deploy(channel));
      }
    }
    return Future.all(registered).mapEmpty();
  }

  /**
   * Returns a handle on a channel, wherever in a cluster it lives. No other node is asked: what one
   * has created is known to the others some milliseconds later. A handle of {@link
   * io.eric.EricClient#channel} looks its channel up at each use.
   *
   * @throws InvalidChannelException if this node knows none
   */
  public Channel get(String id) {
    Registered registered = find(id);
    if (registered != null && registered.deployment.future().succeeded()) {
      return registered.channel;
    }
    Placement cluster = placement;
    if (cluster == null || !cluster.knows(id)) {
      throw InvalidChannelException.unknown(id);
    }
    return new ChannelHandle(vertx, id, null, 0);
  }

  /**
   * Removes a channel with all it holds; open streams end with {@code _eric_channel_closed}.
   *
   * @return completed when the channel is removed; fails with {@link InvalidChannelException} if
   *     there is none
   */
  public Future<Void> rm(String id) {
    return CallersContext.of(vertx, () -> remove(id));
  }

  private Future<Void> remove(String id) {
    Registered registered = find(id);
    if (registered == null) {
      Placement cluster = placement;
      return cluster == null
          ? Future.failedFuture(InvalidChannelException.unknown(id))
          : client.command(new Command.RemoveChannel(id)).mapEmpty();
    }
    return registered
        .deployment
        .future()
        .compose(deployed -> client.command(new Command.RemoveChannel(id)))
        .mapEmpty();
  }

  /**
   * Stops serving a channel that another node is to own, or owns already. Its streams continue
   * there.
   *
   * @param inOrder whether messages that were accepted are still appended; false if this node must
   *     not write
   * @return the bodies to send to the channel's address, which register this node's consumers and
   *     hooks with the next owner; completes on the caller's context
   */
  public Future<List<Object>> leave(String id, boolean inOrder) {
    return CallersContext.of(vertx, () -> undeploy(id, inOrder));
  }

  private Future<List<Object>> undeploy(String id, boolean inOrder) {
    Registered registered = find(id);
    if (registered == null) {
      return Future.succeededFuture(List.of());
    }
    forget(registered);
    return registered
        .deployment
        .future()
        .compose(
            deployed ->
                registered
                    .channel
                    .leave(inOrder)
                    .compose(
                        again ->
                            vertx
                                .undeploy(deployed)
                                .transform(gone -> Future.succeededFuture(again))));
  }

  /**
   * Opens a channel of a class of its own anew, because its ownership has ended without another
   * owner: the same object, under another ownership. A cluster calls this.
   *
   * @param claim asks for the new ownership, when the channel has left the former one
   * @param again is given what {@link #leave} returns
   * @return completes with the ownership under which the channel is open. If it cannot be opened,
   *     it is tried again, because nobody else has the object. Fails if there is no such channel,
   *     the claim fails, or this hub is closing, and then the channel is open no more. Completes on
   *     the caller's context, and calls the two functions there
   */
  public Future<Placement.Ownership> renew(
      String id, Supplier<Future<Placement.Ownership>> claim, Consumer<List<Object>> again) {
    Registered registered = find(id);
    if (registered == null) {
      return Future.failedFuture(InvalidChannelException.unknown(id));
    }
    return leave(id, false)
        .onSuccess(again::accept)
        .compose(
            left -> {
              Promise<Placement.Ownership> opened = Promise.promise();
              claimAndOpen(registered.channel, claim, FIRST_RENEWAL_PAUSE_MS, opened);
              return CallersContext.of(vertx, opened::future);
            });
  }

  private void claimAndOpen(
      AbstractChannel channel,
      Supplier<Future<Placement.Ownership>> claim,
      long pauseMs,
      Promise<Placement.Ownership> opened) {
    if (isClosed()) {
      opened.fail(new UnavailableException("the hub is closing"));
      return;
    }
    CallersContext.of(
            vertx,
            () ->
                Future.succeededFuture()
                    .compose(again -> claim.get()) // what it throws has failed, too
                    .onFailure(opened::tryFail)
                    .compose(owned -> open(channel, owned, Integer.MAX_VALUE).map(owned)))
        .onSuccess(opened::tryComplete)
        .onFailure(
            e -> {
              if (opened.future().isComplete()) {
                return; // there was no ownership
              }
              if (e instanceof InvalidChannelException) {
                opened.fail(e);
                return;
              }
              logger.warn(
                  "channel {} cannot be opened, tried again in {} ms: {}",
                  channel.id(),
                  pauseMs,
                  e.toString());
              long next = Math.min(2 * pauseMs, LAST_RENEWAL_PAUSE_MS);
              vertx.setTimer(pauseMs, over -> claimAndOpen(channel, claim, next, opened));
            });
  }

  private boolean isClosed() {
    synchronized (channels) {
      return closed;
    }
  }

  /** Returns whether a channel is open on this node. */
  public boolean isOpen(String id) {
    Registered registered = find(id);
    return registered != null && registered.deployment.future().succeeded();
  }

  /** Detaches the streams which a node that is gone from the cluster had on channels here. */
  public void nodeGone(String node) {
    List<Registered> all;
    synchronized (channels) {
      all = List.copyOf(channels.values());
    }
    for (Registered registered : all) {
      registered.deployment.future().onSuccess(deployed -> registered.channel.nodeGone(node));
    }
  }

  /** Returns all ids, in order of creation. */
  public List<String> getAllIds() {
    return order().ids();
  }

  /**
   * Returns a part of {@link #getAllIds()}.
   *
   * @param after the id after which the part begins; null to begin with the first
   * @param limit the largest number of ids, 1 to 10,000
   * @throws InvalidChannelException if there is no channel {@code after} (any more)
   * @throws InvalidMessageFormatException if {@code after} is not an id, or the limit is out of
   *     range
   */
  public List<String> getIds(@Nullable String after, int limit) {
    Command.Page page = Command.ListAll.checked(null, after, (long) limit, null).page();
    return order().page(page).items().stream().map(String::valueOf).toList();
  }

  private CreationOrder order() {
    Placement cluster = placement;
    return cluster == null ? order : cluster.order();
  }

  /**
   * Undeploys all channels and stops answering. Logs are closed, not deleted. The call is
   * idempotent, and its future does not fail.
   */
  public Future<Void> close() {
    return CallersContext.of(vertx, this::undeployAll);
  }

  private Future<Void> undeployAll() {
    List<Registered> all;
    synchronized (channels) {
      closed = true;
      all = List.copyOf(channels.values());
      channels.clear();
      order.clear();
    }
    MessageConsumer<Object> address = consumer;
    consumer = null;
    unmetered.run();
    unwatched.run();
    LivenessProbe doorWatch = doors;
    if (doorWatch != null) {
      doorWatch.close();
    }
    List<Future<Void>> undeployed = new ArrayList<>();
    if (address != null) {
      undeployed.add(address.unregister());
    }
    MessageConsumer<Object> described = health;
    health = null;
    if (described != null) {
      undeployed.add(described.unregister());
    }
    MessageConsumer<String> resolving = resolver;
    resolver = null;
    if (resolving != null) {
      undeployed.add(resolving.unregister());
    }
    for (Registered registered : all) {
      undeployed.add(registered.deployment.future().compose(vertx::undeploy));
    }
    return Future.join(undeployed)
        .<Void>mapEmpty()
        .otherwiseEmpty()
        .onComplete(done -> leavePlace());
  }

  private void sample(Meters.Readings readings) {
    readings.add(GaugeName.LOG_BUDGET, budgetBytes());
    budgets.forEach(each -> readings.add(GaugeName.LOG_BUDGET_USED, each.used()));
    LivenessProbe doorWatch = doors;
    if (doorWatch != null) {
      readings.add(GaugeName.CHANNELS_SILENT, doorWatch.silent());
    }
  }

  private long budgetBytes() {
    return budgets.size() == 1
        ? budget.maxBytes()
        : budgets.stream().filter(each -> each != budget).mapToLong(LogBudget::maxBytes).sum();
  }

  private @Nullable Registered find(String id) {
    synchronized (channels) {
      return channels.get(id);
    }
  }

  private Future<Void> removed(Registered registered) {
    forget(registered);
    registered.deployment.future().onSuccess(vertx::undeploy);
    Placement cluster = placement;
    return cluster == null ? Future.succeededFuture() : cluster.removed(registered.channel.id());
  }

  private Future<Void> prove(String id) {
    Placement cluster = placement;
    return cluster == null ? Future.succeededFuture() : cluster.prove(id);
  }

  /**
   * Lists a channel once it answers, so that no caller is sent to one that is still being opened.
   */
  private void list(Registered registered) {
    synchronized (channels) {
      if (registered.equals(channels.get(registered.channel.id()))) {
        order.add(registered.channel.id(), registered.number);
      }
    }
  }

  private void forget(Registered registered) {
    synchronized (channels) {
      if (channels.remove(registered.channel.id(), registered)) {
        order.remove(registered.channel.id());
      }
    }
  }

  /**
   * Tells a caller of this JVM, which found no handler at a channel's address, whether the channel
   * is open here. A channel that is being opened is waited for.
   */
  private void resolve(Message<String> question) {
    Registered registered = find(question.body());
    if (registered == null) {
      question.reply(false);
    } else {
      registered
          .deployment
          .future()
          .onComplete(
              opened -> question.reply(registered.channel.state() == ChannelLife.State.OPEN));
    }
  }

  private void handle(Message<Object> request) {
    try {
      if (!(request.body() instanceof JsonObject json)) {
        throw new InvalidMessageFormatException("a command is a JSON object");
      }
      answer(READER.read(json, null))
          // not copied: it is made for this reply alone
          .onSuccess(answer -> request.reply(answer, LOCAL))
          .onFailure(e -> BusReply.failure(request, e));
    } catch (RuntimeException e) {
      BusReply.failure(request, e);
    }
  }

  /** Answers whether the store serves and, in a cluster, whether this node may serve. */
  private Future<JsonObject> readiness(StoreWatch watch) {
    JsonObject store = watch.describe();
    Placement cluster = placement;
    if (cluster == null || !store.getBoolean("ok")) {
      return Future.succeededFuture(store);
    }
    return cluster
        .readiness()
        .map(store)
        .otherwise(trouble -> new JsonObject().put("ok", false).put("error", trouble.getMessage()));
  }

  private Future<JsonObject> answer(Command command) {
    if (command instanceof Command.CreateChannel create) {
      return create(create.channel(), create.options())
          .map(channel -> BusReply.result(channel.id()));
    }
    if (command instanceof Command.ListAll list) {
      return list.channel() == null ? ids(list.page()) : client.list(list).map(ListPage::toAnswer);
    }
    if (command instanceof Command.FindListener find) {
      return client.command(find).map(BusReply::result);
    }
    if (command instanceof Command.Ping) {
      return Future.succeededFuture(BusReply.result("pong"));
    }
    throw new InvalidMessageFormatException(
        Addresses.CHANNELS + " takes c, ls and ping; others go to the channel's address");
  }

  /**
   * Lists ids. All ids of a large hub are listed on a worker thread, because that takes longer than
   * a turn of the event loop may.
   */
  private Future<JsonObject> ids(Command.Page page) {
    return page.limit() == 0 && order().size() > Command.Page.MAX_LIMIT
        ? vertx.executeBlocking(() -> order().page(page).toAnswer(), false)
        : Future.succeededFuture(order().page(page).toAnswer());
  }

  /** Pings the open channels of this node at their addresses. */
  private final class AddressedDoors implements LivenessProbe.Doors {

    private final JsonObject ping = new Command.Ping().toJson();

    @Override
    public List<String> all() {
      synchronized (channels) {
        return channels.values().stream()
            .filter(Registered::mustAnswer)
            .map(registered -> registered.channel.id())
            .toList();
      }
    }

    @Override
    public boolean mustAnswer(String id) {
      Registered registered = find(id);
      return registered != null && registered.mustAnswer();
    }

    @Override
    public Future<?> ping(String id, long timeoutMs) {
      return vertx
          .eventBus()
          .request(Addresses.channel(id), ping, LocalCodec.options().setSendTimeout(timeoutMs))
          .transform(
              answer ->
                  answer.succeeded() || isRefusal(answer.cause())
                      ? Future.succeededFuture()
                      : Future.failedFuture(answer.cause()));
    }

    private static boolean isRefusal(Throwable failure) {
      return failure instanceof ReplyException reply
          && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE;
    }
  }

  /**
   * A channel that is deployed or being deployed.
   *
   * @param number its place in the order of creation
   * @param deployment its deployment id, when it is known
   */
  private record Registered(AbstractChannel channel, long number, Promise<String> deployment) {

    /**
     * Returns whether the channel has to answer. A closed channel is not known here any more,
     * unless it was undeployed behind the container's back: then its silence has to be noticed.
     */
    private boolean mustAnswer() {
      return deployment.future().succeeded()
          && switch (channel.state()) {
            case OPEN, CLOSED -> true;
            case NEW, OPENING, LEAVING, CLOSING -> false;
          };
    }
  }
}
