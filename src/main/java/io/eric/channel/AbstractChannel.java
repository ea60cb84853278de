package io.eric.channel;

import io.eric.Channel;
import io.eric.Ids;
import io.eric.InvalidChannelException;
import io.eric.ListenerStatus;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.MessageStream;
import io.eric.Position;
import io.eric.PublishOptions;
import io.eric.ReadOptions;
import io.eric.UnavailableException;
import io.eric.channel.internal.core.ChannelCommands;
import io.eric.channel.internal.core.ChannelExtension;
import io.eric.channel.internal.core.ChannelLife;
import io.eric.channel.internal.core.OpenChannel;
import io.eric.channel.internal.overflow.LogBudget;
import io.eric.internal.VertxLoop;
import io.eric.internal.client.BusConsumerLink;
import io.eric.internal.client.ChannelDirectory;
import io.eric.internal.client.ChannelHandle;
import io.eric.internal.client.EdgeDirectory;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.LocalCodec;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.indexed.MemoryStore;
import io.eric.metrics.Meters;
import io.eric.options.ChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.WriteStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A channel: a verticle that owns a log, appends what publishers send and serves the listeners'
 * reads. It answers at {@code eric.channel.<id>} on the event bus.
 *
 * <p>Deploy it yourself, or through a {@link ChannelContainer} so that all doors see it. Its
 * methods, the {@link Channel} interface, work from any thread once the channel is deployed and
 * throw {@link IllegalStateException} before that; their futures complete on the caller's context.
 */
public abstract class AbstractChannel extends VerticleBase implements Channel {

  private static final Logger logger = LoggerFactory.getLogger(AbstractChannel.class);

  /** Bounds the wait for late commands, so that a flood of them cannot keep a channel for ever. */
  private static final int QUIET_TURNS = 64;

  private final ChannelOptions<?> options;
  private final String id;
  private @Nullable MessageStore store;
  private LogBudget budget = LogBudget.unlimited();
  private Supplier<Future<Void>> whenRemoved = Future::succeededFuture;
  private Supplier<Future<Void>> proof = Future::succeededFuture;
  private long term;
  private Map<String, @Nullable Position> restored = Map.of();
  private volatile @Nullable ChannelHandle handle;
  private volatile ChannelLife life = new ChannelLife(this::unfit);
  private volatile @Nullable Parts parts;

  /** Completes when the end that has begun is done. */
  private Future<Void> ending = Future.succeededFuture();

  /** Completes when the stop that has begun has closed the log, too. */
  private Future<Void> stopping = Future.succeededFuture();

  /**
   * Creates a channel with these options, which must not change afterwards. If they name no id, the
   * channel gets a random one.
   */
  protected AbstractChannel(ChannelOptions<?> options) {
    this.options = options;
    String wanted = options.getId();
    this.id = wanted == null ? Ids.random() : wanted;
  }

  /**
   * Returns what streams of this channel show of a message. The result is remembered for a while,
   * so this runs about once per message however many streams there are; the log keeps the original.
   * It runs on the channel's context or on that of a stream of {@link #messageStream} or {@link
   * #watch}, never for two messages at once, and must not block. If it throws, streams show an
   * {@code _eric_error} in place of the message.
   *
   * @return an object whose {@code event} (a string) and {@code data} (any JSON value) the doors
   *     send; its other keys are seen by {@link #messageStream} and {@link #watch} only
   */
  public abstract JsonObject adapt(Message message);

  /**
   * Returns whether {@link #adapt} only names the type {@code event} and the payload {@code data}.
   */
  boolean adaptsPlainly() {
    return false;
  }

  /**
   * Returns how long clients are asked to wait before they reconnect, in milliseconds; a door may
   * ask for more.
   */
  int retryMs() {
    return 0;
  }

  /**
   * Returns what this kind of channel does beside what all channels do. Only channels of this
   * library may override it, because its type is internal and may change with any version.
   */
  protected ChannelExtension extension() {
    return ChannelExtension.NONE;
  }

  /** Returns the options that the channel was made with. */
  public final ChannelOptions<?> options() {
    return options;
  }

  /** Sets the store of the channel's log. Without it, the channel has a memory store of its own. */
  final void storeIn(MessageStore store) {
    this.store = store;
  }

  /** Counts the log against this budget. Without one, nothing limits all logs together. */
  final void within(LogBudget budget) {
    this.budget = budget;
  }

  /** Sets the term of this ownership. Without a cluster it is 0 and never changes. */
  final void ownedIn(long term) {
    this.term = term;
  }

  /**
   * Sets how this node proves that it may serve. Without a cluster no proof is needed, because no
   * other node can own the channel.
   */
  final void provenBy(Supplier<Future<Void>> proof) {
    this.proof = proof;
  }

  /**
   * Sets the listeners that the channel adds when it is deployed, unless its log knows them
   * already. Call it before the deployment.
   *
   * @param listeners the listeners' ids, each with the position up to which the listener had read,
   *     or null if there is none
   */
  public final void restore(Map<String, @Nullable Position> listeners) {
    this.restored = listeners;
  }

  /**
   * Returns the listeners and their positions. For a channel that was not deployed yet, these are
   * the listeners given to {@link #restore}.
   *
   * @return fails as {@link #getConnections()} does
   */
  public final Future<Map<String, @Nullable Position>> listenersAndPositions() {
    if (handle == null) {
      return Future.succeededFuture(restored);
    }
    return getConnections()
        .map(
            connections -> {
              Map<String, @Nullable Position> positions = new LinkedHashMap<>();
              for (ListenerStatus connection : connections) {
                positions.put(connection.listener(), connection.position());
              }
              return positions;
            });
  }

  /** Sets what to do after a command has removed the channel, before that command is answered. */
  final void whenRemoved(Supplier<Future<Void>> action) {
    this.whenRemoved = action;
  }

  @Override
  public final Future<?> start() {
    if (life.state() == ChannelLife.State.CLOSED) {
      life = new ChannelLife(this::unfit); // it is deployed again
      parts = null;
      ending = Future.succeededFuture();
      stopping = Future.succeededFuture();
    }
    ChannelLife begun = life;
    begun.open();
    // Vert.x does not call stop() for a verticle that is undeployed while it starts.
    ((ContextInternal) context)
        .addCloseHook(
            done -> {
              context.runOnContext(v -> giveUp(begun));
              done.succeed();
            });
    LocalCodec.register(vertx);
    MessageStore logStore = store == null ? MemoryStore.create() : store;
    return Future.succeededFuture()
        .compose(v -> logStore.open(id, options.retention()))
        .onFailure(e -> begun.failed())
        .compose(log -> serve(begun, log));
  }

  private void giveUp(ChannelLife begun) {
    if (begun == life && begun.state() != ChannelLife.State.CLOSED) {
      stop();
    }
  }

  /**
   * Opens the channel, and makes it reachable only after everything that may throw has succeeded.
   */
  private Future<Void> serve(ChannelLife begun, MessageLog log) {
    if (begun.state() != ChannelLife.State.OPENING) {
      return undone(log, new UnavailableException("the channel was given up before it was open"));
    }
    @Nullable Function<Message, JsonObject> own =
        adaptsPlainly() ? null : new AdaptedMessages(this::adapt);
    OpenChannel channel;
    try {
      UnaryOperator<Entry> adapted =
          own == null ? UnaryOperator.identity() : new EntryAdapter(log.epoch(), own);
      channel =
          new OpenChannel(surroundings(), id, options, retryMs(), log, budget, adapted, begun);
    } catch (RuntimeException e) {
      begun.failed();
      return undone(log, e);
    }
    try {
      channel.ownedIn(term);
      channel.provenBy(proof);
      channel.restore(restored);
      extension().opened(channel);
    } catch (RuntimeException e) {
      begun.failed();
      return channel.close(null).transform(closed -> undone(log, e));
    }
    ChannelCommands door = new ChannelCommands(vertx, channel, extension(), this::removed, begun);
    MessageConsumer<Object> address =
        vertx.eventBus().localConsumer(Addresses.channel(id), door::handle);
    Runnable unlisted =
        new ChannelDirectory(vertx)
            .addChannel(
                id, context, channel.appender::publish, door::told, channel::waitsForReaders);
    Runnable unmetered = Meters.of(vertx).add(context, channel::sample);
    parts = new Parts(channel, door, address, unmetered, unlisted);
    handle = new ChannelHandle(vertx, id, own, retryMs());
    begun.opened();
    logger.debug("channel {} is open, epoch {}", id, log.epoch());
    return address
        .completion()
        .recover(e -> stop().transform(stopped -> Future.<Void>failedFuture(e)));
  }

  /** Closes the log of a start that has failed, and fails with the reason. */
  private Future<Void> undone(MessageLog log, Throwable reason) {
    return log.close()
        .onComplete(done -> extension().closed())
        .transform(done -> Future.<Void>failedFuture(reason));
  }

  @Override
  public final Future<?> stop() {
    if (life.close(new UnavailableException("the channel is closing"))) {
      ending = end(null);
    }
    Parts all = parts;
    ChannelLife ended = life;
    stopping =
        (all == null ? ending : ending.eventually(all.channel.log::close))
            .onComplete(
                done -> {
                  ended.closed();
                  extension().closed();
                });
    return stopping;
  }

  private OpenChannel.Surroundings surroundings() {
    return new OpenChannel.Surroundings(
        new VertxLoop(context),
        new EdgeDirectory(vertx),
        new BusConsumerLink(vertx),
        Meters.of(vertx));
  }

  private Future<Void> removed() {
    ChannelLife ended = life;
    if (ended.close(InvalidChannelException.unknown(id))) {
      OpenChannel channel = parts().channel;
      ending =
          end(Message.CHANNEL_CLOSED)
              .compose(closed -> channel.log.delete())
              .onComplete(deleted -> ended.closed());
    }
    return ending.compose(
        deleted -> {
          logger.debug("channel {} is removed", id);
          return whenRemoved.get();
        });
  }

  /**
   * Stops serving. Streams are not notified: they attach anew at the node that takes the channel
   * over. Undeploy the channel afterwards.
   *
   * @param inOrder see {@link OpenChannel#leave}
   * @return the bodies to send to the next owner, which register this node's consumers and hooks
   *     there
   */
  final Future<List<Object>> leave(boolean inOrder) {
    Promise<List<Object>> left = Promise.promise();
    context.runOnContext(
        v -> {
          if (!life.leave()) {
            stopping.onComplete(stopped -> left.complete(List.of()));
            return;
          }
          Parts all = parts();
          withdraw(all);
          all.channel
              .leave(inOrder)
              .onComplete(again -> all.address.unregister().onComplete(gone -> left.handle(again)));
        });
    return left.future();
  }

  /** Detaches the streams of a node that is gone from the cluster. */
  final void nodeGone(String node) {
    context.runOnContext(
        v -> {
          if (life.state() == ChannelLife.State.OPEN) {
            parts().channel.nodeGone(node);
          }
        });
  }

  /** Returns how far the channel is between its deployment and its end. Any thread may ask. */
  final ChannelLife.State state() {
    return life.state();
  }

  /** Returns the open channel, for tests that look into it. */
  final OpenChannel core() {
    return parts().channel;
  }

  private Parts parts() {
    return Objects.requireNonNull(parts, "an open channel has its parts");
  }

  /**
   * Takes the channel out of the metrics and the directory, so that it is reached only by requests
   * at its address.
   */
  private void withdraw(Parts all) {
    all.unmetered.run();
    all.unlisted.run();
  }

  /**
   * Ends all streams while other requests are refused. The address is left last, because edges
   * still report there how far their streams got.
   */
  private Future<Void> end(@Nullable String finalType) {
    Parts all = parts();
    withdraw(all);
    return all.channel
        .close(finalType)
        .eventually(() -> quiet(all.door, QUIET_TURNS))
        .eventually(all.address::unregister)
        .onComplete(
            ended -> {
              handle().close();
              extension().closed();
            });
  }

  /**
   * Waits for a turn in which no further request was refused, for this number of turns at most.
   * Requests that still wait at the address when it is left would be dropped with a warning.
   */
  private Future<Void> quiet(ChannelCommands entrance, int turns) {
    long before = entrance.refused();
    Promise<Void> turn = Promise.promise();
    context.runOnContext(v -> turn.complete());
    return turn.future()
        .compose(
            v ->
                entrance.refused() == before || turns == 0
                    ? Future.succeededFuture()
                    : quiet(entrance, turns - 1));
  }

  private void unfit(ChannelLife.State state, String event) {
    Meters.of(vertx).stateErrors().report("channel " + id, state, event);
  }

  /**
   * Holds what exists from the opening on.
   *
   * @param unmetered takes the channel out of the metrics
   */
  private record Parts(
      OpenChannel channel,
      ChannelCommands door,
      MessageConsumer<Object> address,
      Runnable unmetered,
      Runnable unlisted) {}

  private ChannelHandle handle() {
    ChannelHandle deployed = handle;
    if (deployed == null) {
      throw new IllegalStateException("channel " + id + " is not deployed");
    }
    return deployed;
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public Future<Position> publish(Message message, PublishOptions options) {
    return handle().publish(message, options);
  }

  @Override
  public WriteStream<Message> publisher(PublishOptions options) {
    return handle().publisher(options);
  }

  @Override
  public MessageStream<Message> read(ReadOptions options) {
    return handle().read(options);
  }

  @Override
  public Future<MessageQueueListener> addListener() {
    return handle().addListener();
  }

  @Override
  public Future<Void> registerListener(MessageQueueListener listener) {
    return handle().registerListener(listener);
  }

  @Override
  public Future<Void> removeListener(String listenerId) {
    return handle().removeListener(listenerId);
  }

  @Override
  public Future<MessageQueueListener> getListener(String listenerId) {
    return handle().getListener(listenerId);
  }

  @Override
  public Future<Message> deliverNext(String listenerId) {
    return handle().deliverNext(listenerId);
  }

  @Override
  public MessageStream<JsonObject> messageStream(MessageQueueListener listener) {
    return handle().messageStream(listener);
  }

  @Override
  public MessageStream<JsonObject> watch() {
    return handle().watch();
  }

  @Override
  public Future<List<ListenerStatus>> getConnections() {
    return handle().getConnections();
  }

  @Override
  public Future<List<ListenerStatus>> getConnections(@Nullable String after, int limit) {
    return handle().getConnections(after, limit);
  }
}
