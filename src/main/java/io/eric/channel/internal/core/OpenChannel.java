package io.eric.channel.internal.core;

import io.eric.Ids;
import io.eric.InvalidListenerException;
import io.eric.ListenerStatus;
import io.eric.Message;
import io.eric.NoMessagesException;
import io.eric.Position;
import io.eric.channel.internal.overflow.AckGate;
import io.eric.channel.internal.overflow.LogBudget;
import io.eric.channel.internal.overflow.LogLimiter;
import io.eric.channel.internal.overflow.Overflow;
import io.eric.channel.internal.overflow.OverflowSurroundings;
import io.eric.channel.internal.overflow.PublisherBrake;
import io.eric.channel.internal.readers.BusConsumer;
import io.eric.channel.internal.readers.DirectAttachment;
import io.eric.channel.internal.readers.EdgeSession;
import io.eric.channel.internal.readers.EdgeSessions;
import io.eric.channel.internal.readers.Fanout;
import io.eric.channel.internal.readers.Listener;
import io.eric.channel.internal.readers.ListenerLists;
import io.eric.channel.internal.readers.Listeners;
import io.eric.channel.internal.readers.Resume;
import io.eric.channel.internal.readers.Streams;
import io.eric.internal.Loop;
import io.eric.internal.client.ConsumerLink;
import io.eric.internal.client.EdgeLink;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelRequest.Attach;
import io.eric.internal.protocol.ChannelRequest.ListStreams;
import io.eric.internal.protocol.ChannelRequest.Reattach;
import io.eric.internal.protocol.ChannelRequest.Statement;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.ChannelResponse.Attached;
import io.eric.internal.protocol.ChannelResponse.Confirmed;
import io.eric.internal.protocol.ChannelResponse.StreamList;
import io.eric.internal.protocol.ChannelResponse.Taken;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.Registration;
import io.eric.log.Slice;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.options.ChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A channel whose log is open: creates the parts of the channel and connects them. Everything
 * happens on the channel's context, so there are no locks.
 *
 * <p>The way of a message: {@link Appender} → log → {@link Fanout} to live streams; {@link Streams}
 * and {@link BusConsumer} for the readers; {@link LogTrimming} drops what was read.
 */
public final class OpenChannel implements BusConsumer.Owner {

  private static final Logger logger = LoggerFactory.getLogger(OpenChannel.class);

  /**
   * Leaves room for 2^10 sessions per microsecond, so that a later owner begins above all of them.
   */
  private static final int SESSIONS_BITS = 10;

  /**
   * If a timer fires later than due by more than this, in milliseconds, this node was busy or
   * frozen.
   */
  private static final long LATE_MS = 500;

  /**
   * How long edges then have to make their statements before they are forgotten, in milliseconds.
   */
  private static final long GRACE_MS = 5_000;

  final String id;
  public final MessageLog log;
  public final Listeners listeners;
  public final Appender appender;
  final Streams streams;
  private final Loop loop;
  private final ConsumerLink consumers;
  private final ChannelOptions<?> options;
  private final UnaryOperator<Entry> adapted;
  public final EdgeSessions edges;
  private final Fanout fanout;
  public final AckGate acknowledgements;
  private final Overflow overflow;
  private final Meters meters;
  private final LogTrimming trimming;
  private final Map<String, Long> moved = new HashMap<>();
  private boolean lookScheduled;
  private Loop.@Nullable Timer edgeTimer;
  private long edgesDue;
  private Supplier<Future<Void>> proof = Future::succeededFuture;
  private final ChannelLife life;

  public OpenChannel(
      Surroundings surroundings,
      String id,
      ChannelOptions<?> options,
      int retryMs,
      MessageLog log,
      LogBudget budget,
      UnaryOperator<Entry> adapted,
      ChannelLife life) {
    this.life = life;
    this.loop = surroundings.loop;
    this.consumers = surroundings.consumers;
    this.id = id;
    this.options = options;
    this.log = log;
    this.adapted = adapted;
    this.meters = surroundings.meters;
    this.edges = new EdgeSessions(firstSession(loop));
    this.listeners = new Listeners(log, budget.listeners(), this::cursorMoved);
    this.fanout = new Fanout(id, log, edges, listeners, loop, adapted, surroundings.edges);
    this.streams =
        new Streams(
            id,
            options,
            retryMs,
            log,
            listeners,
            edges,
            fanout,
            adapted,
            surroundings.edges,
            this::readersAdvanced,
            meters,
            loop);
    OverflowSurroundings around =
        new OverflowSurroundings(
            options,
            options.retention(),
            log,
            listeners,
            fanout,
            budget,
            loop::currentTimeMillis,
            streams::disconnect,
            this::remove,
            meters);
    this.overflow = Overflow.of(options.getOverflow(), around);
    PublisherBrake brake = new PublisherBrake(options, edges, overflow, loop::currentTimeMillis);
    this.acknowledgements = new AckGate(loop, brake, overflow.longestHoldMs(), meters);
    this.trimming =
        new LogTrimming(
            id,
            loop,
            life,
            log,
            listeners,
            new LogLimiter(overflow, around),
            budget,
            this::lookAtReaders,
            meters);
    try {
      this.appender =
          new Appender(
              options,
              log,
              listeners,
              fanout,
              trimming,
              acknowledgements,
              overflow,
              brake,
              meters,
              loop::currentTimeMillis);
      restoreListeners();
      trimming.start();
    } catch (RuntimeException e) { // from a store: the hub must not count a channel that is gone
      letGo();
      throw e;
    }
  }

  /** Gives back the channel's share of the hub's bounds, and stops its timers. */
  private void letGo() {
    trimming.close();
    listeners.uncount();
    cancelEdgeTimer();
  }

  /**
   * Returns a session number above those of all former owners of the same term. Without a cluster
   * the term is always 0, so these are all former owners.
   */
  private static long firstSession(Loop loop) {
    return (loop.currentTimeMicros() << SESSIONS_BITS) + loop.random(1L << SESSIONS_BITS);
  }

  private void restoreListeners() {
    Map<String, Long> cursors = log.committed();
    log.registered()
        .forEach(
            (listenerId, kept) -> {
              long cursor = cursors.getOrDefault(listenerId, kept.created());
              listeners.add(Listener.restored(listenerId, kept, cursor, now()));
            });
  }

  private long now() {
    return loop.currentTimeMillis();
  }

  /**
   * Returns whether publishers wait because readers need time, under the policy that makes them
   * wait. Any thread may ask.
   */
  public boolean waitsForReaders() {
    return overflow.waitsForReaders() && acknowledgements.isHolding();
  }

  // ---- listeners

  /** Adds a listener at the end of the log. */
  Listener add(@Nullable String wantedId) {
    listeners.checkRoom(options.getMaxListeners(), meters);
    long last = log.lastSequence();
    String listenerId = wantedId == null ? Ids.random() : wantedId;
    Listener listener = new Listener(listenerId, last, last, false, now());
    listeners.add(listener);
    cursorMoved(listener);
    return listener;
  }

  /**
   * Makes the store keep a listener as it is now.
   *
   * @return completed when the store has it
   */
  Future<Void> keep(Listener listener) {
    Registration registration = listener.registration();
    if (listener.watcher
        || registration.equals(listener.kept())
        || listeners.find(listener.id) != listener) {
      return Future.succeededFuture();
    }
    listener.keep(registration);
    return log.register(listener.id, registration)
        .onFailure(
            e -> {
              logger.warn("channel {} could not store a listener", id, e);
              // What the store has is not known then, since registrations may overlap. A later one
              // that is under way decides.
              if (registration.equals(listener.kept())) {
                listener.keep(null);
              }
            });
  }

  /**
   * Makes the store keep a listener that was just added, and removes the listener if the store
   * fails.
   */
  Future<Void> keepAdded(Listener listener) {
    return keep(listener).onFailure(e -> takeBack(listener));
  }

  /**
   * Removes a listener that the store did not keep, from the store too: the store may have the
   * listener's cursor and messages already.
   */
  private void takeBack(Listener listener) {
    if (listeners.find(listener.id) != listener) {
      return; // removed meanwhile, and another listener may have the id
    }
    if (life.isEnding()) {
      listeners.remove(listener); // the log may be another owner's by now
      return;
    }
    remove(listener).onFailure(e -> logger.warn("channel {} could not forget a listener", id, e));
  }

  /** Opens a stream; its listener is started from then on. */
  Future<Attached> attach(Attach request) {
    return streams.attach(request).onSuccess(this::keepStarted);
  }

  /** Reopens a stream that another owner had, see {@link Streams#reattach}. */
  Future<Attached> reattach(Reattach request) {
    return streams.reattach(request).onSuccess(this::keepStarted);
  }

  private void keepStarted(Attached attached) {
    watchEdges();
    Listener listener = listeners.find(attached.listener());
    if (listener != null) {
      keep(listener);
    }
  }

  /**
   * Adds the listeners that the log does not know. A listener whose position is of this log goes on
   * there; any other one collects from now on.
   */
  public void restore(Map<String, @Nullable Position> restored) {
    long last = log.lastSequence();
    restored.forEach(
        (listenerId, position) -> {
          if (listeners.find(listenerId) == null) {
            boolean known =
                position != null
                    && position.epoch().equals(log.epoch())
                    && position.sequence() <= last;
            long cursor = known ? position.sequence() : last;
            Listener listener = new Listener(listenerId, cursor, cursor, false, now());
            listeners.add(listener);
            cursorMoved(listener);
            keep(listener);
          }
        });
  }

  /** Removes a listener with its queue; its stream ends. */
  Future<Void> remove(Listener listener) {
    fanout.flush(); // messages that are already acknowledged go out before the stream ends
    listeners.remove(listener);
    moved.remove(listener.id);
    // At once, because the id is free from now on, and a new listener of this name must not get the
    // queue of the old one.
    Future<Void> forgotten = log.forget(listener.id);
    return streams
        .release(listener, null)
        .compose(released -> forgotten)
        .onSuccess(done -> readersAdvanced());
  }

  /** Starts a listener that has no stream, so that its messages can be taken. */
  Future<Void> start(Listener listener) {
    return listener.exclusively(
        () -> {
          listener.start();
          return keep(listener);
        });
  }

  /**
   * Ends a listener's stream; its queue keeps collecting. A message that the listener's own {@code
   * onMessage} is looking at is still delivered. {@code onMessage} may stop the listener itself and
   * wait for the answer, so the answer then waits for the store alone and not for the end of the
   * stream.
   */
  Future<Void> stop(Listener listener) {
    listener.stop(); // at once, so that no further read begins
    Future<Void> kept = keep(listener);
    Future<Void> stopped =
        listener.exclusively(
            () -> {
              listener.stop(); // a stream whose turn came first may have started it again
              return streams
                  .releaseWhenAnswered(listener)
                  .compose(released -> kept)
                  .compose(done -> keep(listener));
            });
    return listener.isObserving() ? kept : stopped;
  }

  /**
   * Delivers to the listener's address on the event bus.
   *
   * @param node the node of its consumer; null for this one
   */
  Future<Void> listenOnBus(
      Listener listener, @Nullable String after, int window, @Nullable String node) {
    return attach(
        listener, BusConsumer.class, after, from -> consumer(listener, from, window, node));
  }

  /**
   * Delivers to a consumer that a former owner knew. Unlike {@link #listenOnBus} it does not take a
   * listener over, and does not start one that was stopped since.
   *
   * @return whether the listener's messages go to a consumer of that node now
   */
  Future<Boolean> renewOnBus(Listener listener, int window, @Nullable String node) {
    return listener.exclusively(
        () ->
            listener.isStarted() && listener.attachment() == null
                ? attachNow(listener, null, from -> consumer(listener, from, window, node))
                    .map(attached -> true)
                : Future.succeededFuture(
                    listener.attachment() instanceof BusConsumer consumer
                        && Objects.equals(consumer.node(), node)));
  }

  /**
   * Gives the listener's messages to an attachment of the channel's own.
   *
   * @param attachment creates the attachment, which goes on at the cursor, once the listener has no
   *     other one
   */
  public Future<Void> attachDirectly(Listener listener, LongFunction<DirectAttachment> attachment) {
    return attach(listener, DirectAttachment.class, null, from -> attachment.apply(from.cursor()));
  }

  private Future<Void> attach(
      Listener listener,
      Class<? extends DirectAttachment> kind,
      @Nullable String after,
      Function<Resume.Point, DirectAttachment> attachment) {
    return listener.exclusively(
        () -> {
          // A listener's consumers share one address, where the new one would hear that it is taken
          // over.
          boolean sameAddress =
              kind == BusConsumer.class && listener.attachment() instanceof BusConsumer;
          return streams
              .releaseNow(
                  listener,
                  sameAddress ? null : Message.TAKEN_OVER,
                  ChannelResponse.End.TAKEN_OVER_RETRY_MS)
              .compose(released -> attachNow(listener, after, attachment));
        });
  }

  private Future<Void> attachNow(
      Listener listener,
      @Nullable String after,
      Function<Resume.Point, DirectAttachment> attachment) {
    return Resume.from(log, listener, after)
        .map(
            from -> {
              if (life.isEnding() || listeners.find(listener.id) != listener) {
                throw InvalidListenerException.unknown(listener.id);
              }
              DirectAttachment attached = attachment.apply(from);
              listeners.attach(listener, attached, now());
              keep(listener);
              attached.fill();
              return null;
            });
  }

  /** Ends this attachment, if it is still the listener's. */
  public Future<Void> detach(Listener listener, DirectAttachment attachment) {
    return listener.exclusively(
        () ->
            listener.attachment() == attachment
                ? streams.releaseNow(listener, null, 0)
                : Future.succeededFuture());
  }

  private BusConsumer consumer(
      Listener listener, Resume.Point from, int window, @Nullable String node) {
    return new BusConsumer(
        loop, consumers, id, listener, from, window, node, options, log, adapted, this, meters);
  }

  /** Takes the next message of a started listener that has no attachment. */
  Future<Taken> takeNext(Listener listener) {
    return listener.exclusively(
        () -> {
          if (listener.state() != Listener.State.DETACHED) {
            throw new NoMessagesException(
                listener.isStarted()
                    ? "the listener's messages go to a stream"
                    : "the listener is stopped");
          }
          return log.read(listener.cursor(log.lastSequence()), listener.reader(), 1, 1)
              .compose(slice -> take(listener, slice));
        });
  }

  private Future<Taken> take(Listener listener, Slice slice) {
    if (slice.entries().isEmpty()) {
      throw new NoMessagesException("nothing waits for the listener");
    }
    Entry entry = slice.entries().get(0);
    return listener
        .observe(entry)
        .map(
            seen -> {
              listener.moveTo(entry.sequence(), now());
              cursorMoved(listener);
              return new Taken(log.epoch(), entry);
            });
  }

  /** Returns how far a listener has read, as clients see it. */
  ListenerStatus connection(Listener listener) {
    long last = log.lastSequence();
    long cursor = listener.cursor(last);
    boolean behind = log.hasAfter(cursor, listener.id);
    return new ListenerStatus(
        listener.id,
        listener.status(),
        new Position(log.epoch(), cursor),
        behind ? last - cursor : 0);
  }

  /** Creates a maker of lists of listeners, which works between the channel's other work. */
  ListenerLists lists(Function<Listener, JsonObject> shown) {
    return new ListenerLists(loop, listeners, shown, meters);
  }

  // ---- what happens

  /**
   * Takes the streams of edges that are stuck, and commits the cursors of the other streams, which
   * move in groups, with the acknowledgements of edges.
   */
  private void lookAtReaders() {
    for (EdgeSession edge : List.copyOf(edges.all())) {
      if (edge.isStuck(options.getWindowMessages(), options.getWindowBytes())) {
        streams.giveUp(edge);
      }
    }
    for (Listener listener : listeners.all()) {
      if (!listener.watcher && !listener.isCommitted(log.lastSequence())) {
        cursorMoved(listener);
      }
    }
  }

  private void cursorMoved(Listener listener) {
    if (!listener.watcher && listeners.find(listener.id) == listener) {
      moved.put(listener.id, listener.commit(log.lastSequence()));
      readersAdvanced();
    }
  }

  /**
   * Reacts to listeners that have read on, once per turn of the event loop: commits cursors, trims
   * the log and releases acknowledgements.
   */
  private void readersAdvanced() {
    if (!lookScheduled) {
      lookScheduled = true;
      loop.later(
          () -> {
            lookScheduled = false;
            if (life.isEnding()) {
              return;
            }
            if (!moved.isEmpty()) {
              log.commit(Map.copyOf(moved)).onFailure(this::commitFailed);
              moved.clear();
            }
            trimming.readersAdvanced();
            acknowledgements.readersAdvanced();
          });
    }
  }

  @Override
  public void advanced(Listener listener) {
    listener.advanced(now());
    cursorMoved(listener);
  }

  @Override
  public void waiting(Listener listener) {
    listeners.setWaiting(listener);
  }

  @Override
  public void gone(Listener listener, DirectAttachment consumer) {
    if (listener.attachment() == consumer) {
      listeners.detach(listener, consumer.cursor(), now());
    }
  }

  private void commitFailed(Throwable failure) {
    logger.warn("channel {} could not store its cursors", id, failure);
  }

  // ---- statements of edges

  /**
   * Answers an edge's statement with what is known here of its streams.
   *
   * @return completed when it is proved that this was the owner after the statement came
   */
  Future<Confirmed> confirm(Statement statement) {
    return proof
        .get()
        .map(
            proved -> {
              Confirmed answer = streams.confirm(statement);
              EdgeSession edge = edges.find(statement.edge());
              // its interval is shorter now, and the timer too late
              if (edge != null && edge.forgottenAt() < edgesDue) {
                cancelEdgeTimer();
                watchEdges();
              }
              return answer;
            });
  }

  /** Returns an edge's streams, or a part of them. */
  StreamList list(ListStreams request) {
    return streams.list(request);
  }

  private void watchEdges() {
    if (edgeTimer == null && !life.isEnding() && !edges.all().isEmpty()) {
      long now = now();
      long next = Long.MAX_VALUE;
      for (EdgeSession edge : edges.all()) {
        next = Math.min(next, edge.forgottenAt());
      }
      long due = Math.max(now + 1, next);
      edgesDue = due;
      edgeTimer = loop.after(due - now, () -> lookAtEdges(due));
    }
  }

  /**
   * Forgets silent edges. If this node was busy or frozen, it first waits for the statements that
   * came meanwhile, so that it does not forget edges which are well.
   */
  private void lookAtEdges(long due) {
    if (now() - due > LATE_MS) {
      edgeTimer = loop.after(GRACE_MS, () -> lookAtEdges(now()));
      return;
    }
    edgeTimer = null;
    streams.forgetSilentEdges();
    watchEdges();
  }

  private void cancelEdgeTimer() {
    if (edgeTimer != null) {
      edgeTimer.cancel();
      edgeTimer = null;
    }
  }

  // ---- several nodes

  /** Sets how the owner proves that it is the owner at this moment. */
  public void provenBy(Supplier<Future<Void>> proof) {
    this.proof = proof;
  }

  /**
   * Sets the term of this ownership, which makes its deliveries newer than those of former owners.
   */
  public void ownedIn(long term) {
    edges.ownedIn(term);
  }

  /** Detaches the streams of all edges of a node that is gone. */
  public void nodeGone(String node) {
    for (EdgeSession edge : List.copyOf(edges.all())) {
      if (node.equals(Addresses.nodeOf(edge.address))) {
        streams.lost(edge);
      }
    }
  }

  /**
   * Stops serving. Streams are not notified: they attach anew at the next owner.
   *
   * @param inOrder whether accepted messages are still appended and the cursors are committed;
   *     false if this node is no longer the owner
   * @return the bodies to send to the next owner, which register this node's consumers and hooks
   *     there
   */
  public Future<List<Object>> leave(boolean inOrder) {
    letGo(); // the log is to be another owner's
    List<Object> again = new ArrayList<>();
    for (Listener listener : listeners.all()) {
      DirectAttachment direct = listener.direct();
      if (direct != null) {
        JsonObject command = direct.again();
        if (command != null) {
          again.add(command);
        }
        direct.end(null);
        listeners.detach(listener, direct.cursor(), now());
      }
      String hook = listener.hookAddress();
      if (hook != null && !Addresses.isFar(hook)) {
        again.add(new ChannelRequest.RenewHook(listener.id, hook, listener.isStarted()));
      }
    }
    Future<Void> idle = appender.leave(inOrder);
    acknowledgements.close();
    if (!inOrder) {
      return Future.succeededFuture(again);
    }
    return idle.compose(
            done -> {
              fanout.flush();
              return log.commit(cursors());
            })
        .otherwiseEmpty()
        .map(again);
  }

  // ---- what the hub asks

  /** Adds this channel's part of the gauges. */
  public void sample(Meters.Readings readings) {
    readings.add(GaugeName.CHANNELS, 1);
    MessageLog.Usage used = log.usage();
    readings.add(GaugeName.LOG_MESSAGES, used.messages());
    readings.add(GaugeName.LOG_BYTES, used.bytes());
    readings.add(GaugeName.ACKS_HELD, acknowledgements.size());
    readings.add(GaugeName.IN_FLIGHT, appender.inFlight().messages());
    readings.add(GaugeName.IN_FLIGHT_BYTES, appender.inFlight().bytes());
    for (Listener listener : listeners.all()) {
      readings.add(
          switch (listener.status()) {
            case STOPPED -> GaugeName.LISTENERS_STOPPED;
            case LIVE -> GaugeName.LISTENERS_LIVE;
            case CATCHING_UP -> GaugeName.LISTENERS_CATCHING_UP;
            case DETACHED -> GaugeName.LISTENERS_DETACHED;
          },
          1);
    }
  }

  // ---- the end

  /** Ends all streams with the given event and commits the cursors. */
  public Future<Void> close(@Nullable String finalType) {
    letGo();
    appender.close(); // first, or the next line would release its queued messages to the store
    acknowledgements.close();
    List<Future<Void>> released = new ArrayList<>();
    for (Listener listener : List.copyOf(listeners.all())) {
      released.add(streams.release(listener, finalType));
    }
    return Future.join(released).otherwiseEmpty().compose(ended -> log.commit(cursors()));
  }

  private Map<String, Long> cursors() {
    Map<String, Long> cursors = new HashMap<>();
    for (Listener listener : listeners.all()) {
      if (!listener.watcher) {
        cursors.put(listener.id, listener.cursor(log.lastSequence()));
      }
    }
    return cursors;
  }

  /**
   * The parts of the hub that the channel uses.
   *
   * @param loop the event loop on which everything happens
   * @param edges the way to the edges that have streams
   * @param consumers the way to consumers on the event bus
   */
  public record Surroundings(Loop loop, EdgeLink edges, ConsumerLink consumers, Meters meters) {}
}
