package io.eric.channel.internal.readers;

import io.eric.ListenerStatus;
import io.eric.log.Entry;
import io.eric.log.Registration;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A listener as its channel keeps it: a cursor and, while its messages are taken, an attachment.
 *
 * <p>Only the events of the first row change its state. A dash is an event that leaves the state as
 * it is, because what it asks for is already done: an attachment may go by itself while it is being
 * taken away, a client may stop a listener whose stream the overflow policy has just ended, and a
 * listener may be removed before the turn of a caller that has asked for it.
 *
 * <table>
 * <caption>States and events</caption>
 * <tr><th>state</th><th>start</th><th>stop</th><th>attach</th><th>end</th><th>detach</th>
 *     <th>remove</th></tr>
 * <tr><td>COLLECTING</td><td>DETACHED</td><td>STOPPED</td><td>ATTACHED</td><td>–</td><td>–</td>
 *     <td>GONE</td></tr>
 * <tr><td>STOPPED</td><td>DETACHED</td><td>–</td><td>ATTACHED</td><td>–</td><td>–</td>
 *     <td>GONE</td></tr>
 * <tr><td>DETACHED</td><td>–</td><td>STOPPED</td><td>ATTACHED</td><td>–</td><td>–</td>
 *     <td>GONE</td></tr>
 * <tr><td>ATTACHED</td><td>–</td><td>ENDING, then STOPPED</td><td>refused</td>
 *     <td>ENDING, then DETACHED</td><td>DETACHED</td><td>GONE</td></tr>
 * <tr><td>ENDING</td><td>then DETACHED</td><td>then STOPPED</td><td>refused</td><td>–</td>
 *     <td>DETACHED or STOPPED</td><td>GONE</td></tr>
 * <tr><td>GONE</td><td>–</td><td>–</td><td>refused</td><td>–</td><td>–</td><td>–</td></tr>
 * </table>
 *
 * <p>"Refused" is an {@link IllegalStateException}: the caller has to take the former attachment
 * away first, and to check that the listener was not removed.
 */
public final class Listener {

  /** Stands for a holder that is not an edge. */
  private static final String CONSUMER = "";

  /** The states of a listener. */
  public enum State {
    /** It was added, and never started. */
    COLLECTING,
    /** It was stopped on purpose; it collects. */
    STOPPED,
    /** It is started, and has no attachment. */
    DETACHED,
    /** Its attachment takes its messages. */
    ATTACHED,
    /** Its attachment is being taken away, reads no more, and has to say how far it got. */
    ENDING,
    /** It was removed. Its attachment may still have to end. */
    GONE
  }

  public final String id;

  /** The last sequence before it existed; its cursor never goes below. */
  final long created;

  /** Whether it is anonymous: a watcher goes with its stream and sees broadcasts only. */
  public final boolean watcher;

  /** Its place among the listeners of its channel, from 1 on; given when it is added. */
  long number;

  private State state = State.COLLECTING;

  /** The state that follows {@link State#ENDING}. */
  private State afterEnding = State.DETACHED;

  private @Nullable Attachment attachment;

  /**
   * The last holder of its messages: the edge of its stream, or {@link #CONSUMER}. Null if there
   * was none since the channel was opened here.
   */
  private @Nullable String lastHolder;

  private @Nullable MessageHook hook;
  private @Nullable String hookAddress;
  private int hooksRunning;
  private Future<?> answered = Future.succeededFuture();
  private Future<?> transition = Future.succeededFuture();
  private long cursor;
  private long lastAdvance;
  private long committed = -1;
  private @Nullable Registration kept;

  public Listener(String id, long created, long cursor, boolean watcher, long now) {
    this.id = id;
    this.created = created;
    this.cursor = cursor;
    this.watcher = watcher;
    this.lastAdvance = now;
  }

  /**
   * Creates a listener as the store kept it. If it was started, it is detached until its stream
   * comes.
   */
  public static Listener restored(String id, Registration kept, long cursor, long now) {
    Listener listener = new Listener(id, kept.created(), cursor, false, now);
    listener.state =
        switch (kept.state()) {
          case NEW -> State.COLLECTING;
          case STARTED -> State.DETACHED;
          case STOPPED -> State.STOPPED;
        };
    listener.kept = kept;
    return listener;
  }

  // ---- events

  /** Starts the listener: its messages may be taken. */
  public void start() {
    switch (state) {
      case COLLECTING, STOPPED -> state = State.DETACHED;
      case ENDING -> afterEnding = State.DETACHED;
      case DETACHED, ATTACHED, GONE -> {}
    }
  }

  /** Stops the listener: its messages are not to be taken, and its attachment has to end. */
  public void stop() {
    switch (state) {
      case COLLECTING, DETACHED -> state = State.STOPPED;
      case ATTACHED -> end(State.STOPPED);
      case ENDING -> afterEnding = State.STOPPED;
      case STOPPED, GONE -> {}
    }
  }

  /** Gives the listener an attachment, which takes its messages from now on and starts it. */
  void attach(Attachment attachment, long now) {
    switch (state) {
      case COLLECTING, STOPPED, DETACHED -> {
        this.attachment = attachment;
        lastHolder = attachment instanceof StreamAttachment stream ? stream.edge.address : CONSUMER;
        state = State.ATTACHED;
        lastAdvance = now;
      }
      case ATTACHED, ENDING, GONE ->
          throw new IllegalStateException("listener " + id + " is " + state + ", and not free");
    }
  }

  /**
   * Begins the end of its attachment, if it has one. The attachment reads no more, and is to be
   * detached.
   */
  void end() {
    if (state == State.ATTACHED) {
      end(State.DETACHED);
    }
  }

  private void end(State after) {
    state = State.ENDING;
    afterEnding = after;
  }

  /**
   * Takes its attachment off. Only {@link Listeners#detach} calls this, and does what else follows.
   *
   * @param at the sequence up to which everything was handed over
   */
  void detach(long at, long now) {
    switch (state) {
      case ATTACHED -> state = State.DETACHED;
      case ENDING -> state = afterEnding;
      case COLLECTING, STOPPED, DETACHED, GONE -> {}
    }
    attachment = null;
    moveTo(at, now);
  }

  /** Notes that the listener is removed from its channel. */
  void remove() {
    state = State.GONE;
  }

  // ---- what it is

  public State state() {
    return state;
  }

  /**
   * Returns whether its messages may be taken. A listener whose attachment ends without a stop is
   * still started.
   */
  public boolean isStarted() {
    return switch (state) {
      case DETACHED, ATTACHED -> true;
      case ENDING -> afterEnding == State.DETACHED;
      case COLLECTING, STOPPED, GONE -> false;
    };
  }

  /** Returns whether it was stopped on purpose, or is about to be. */
  boolean isStopped() {
    return state == State.STOPPED || state == State.ENDING && afterEnding == State.STOPPED;
  }

  /** Returns whether another holder than this edge had its messages last. */
  boolean wasHeldByOthersThan(String edge) {
    return lastHolder != null && !lastHolder.equals(edge);
  }

  /**
   * Returns its attachment, which takes its messages or is being taken away; null if it has none.
   */
  public @Nullable Attachment attachment() {
    return attachment;
  }

  /** Returns its stream; null if it has none. */
  public @Nullable StreamAttachment stream() {
    return attachment instanceof StreamAttachment stream ? stream : null;
  }

  /** Returns its attachment if the channel itself serves that attachment; null if not. */
  public @Nullable DirectAttachment direct() {
    return attachment instanceof DirectAttachment direct ? direct : null;
  }

  /** Returns what a store is to keep of the listener. */
  public Registration registration() {
    if (isStarted()) {
      return new Registration(created, Registration.State.STARTED);
    }
    return new Registration(
        created, isStopped() ? Registration.State.STOPPED : Registration.State.NEW);
  }

  /** Returns its state as clients see it. */
  public ListenerStatus.State status() {
    if (!isStarted()) {
      return ListenerStatus.State.STOPPED;
    }
    Attachment taking = attachment;
    if (taking == null) {
      return ListenerStatus.State.DETACHED;
    }
    return taking.isLive() ? ListenerStatus.State.LIVE : ListenerStatus.State.CATCHING_UP;
  }

  /**
   * Runs a change of its attachment once the changes before it are done. A change must not wait for
   * another change of the same listener, which would begin only afterwards.
   */
  public <T> Future<T> exclusively(Supplier<Future<T>> change) {
    Future<T> done = transition.compose(before -> change.get());
    if (done.isComplete()) {
      transition = Future.succeededFuture();
      return done;
    }
    Future<?> ended = done.otherwiseEmpty();
    transition = ended;
    ended.onComplete(
        result -> {
          // its result, perhaps a stream, must not be kept alive from here
          if (transition == ended) {
            transition = Future.succeededFuture();
          }
        });
    return done;
  }

  // ---- its cursor

  /** Returns the sequence up to which it has read. */
  public long cursor(long lastSequence) {
    return Math.min(attachment == null ? cursor : attachment.cursor(), lastSequence);
  }

  /**
   * Sets the cursor of a listener without an attachment, but never below the listener's creation.
   */
  public void moveTo(long sequence, long now) {
    cursor = Math.max(created, sequence);
    lastAdvance = now;
  }

  /** Notes that the listener has advanced or has nothing to read, so that it is not stuck. */
  public void advanced(long now) {
    lastAdvance = now;
  }

  /** Returns when it last advanced, in milliseconds, which tells a slow reader from a stuck one. */
  public long lastAdvance() {
    StreamAttachment stream = stream();
    return stream == null ? lastAdvance : Math.max(lastAdvance, stream.lastProgress());
  }

  /**
   * Returns the listener whose dispatches its reads include; null for a watcher, which gets none.
   */
  public @Nullable String reader() {
    return watcher ? null : id;
  }

  // ---- what the store has of it

  /** Returns its cursor for the store, which has it from now on. */
  public long commit(long lastSequence) {
    committed = cursor(lastSequence);
    return committed;
  }

  /** Returns whether the store has its cursor. */
  public boolean isCommitted(long lastSequence) {
    return committed == cursor(lastSequence);
  }

  /** Returns what the store keeps of the listener; null before the store was told. */
  public @Nullable Registration kept() {
    return kept;
  }

  /** Sets what the store keeps of the listener. */
  public void keep(@Nullable Registration kept) {
    this.kept = kept;
  }

  // ---- its own onMessage

  /**
   * Sets its {@code onMessage}, and the address where the hook is called. If the hook is null, a
   * former one stays.
   */
  public void observeBy(@Nullable MessageHook hook, @Nullable String address) {
    this.hookAddress = address;
    if (hook != null) {
      this.hook = hook;
    }
  }

  /** Returns the address where its {@code onMessage} is called; null if it has none. */
  public @Nullable String hookAddress() {
    return hookAddress;
  }

  /** Returns whether its {@code onMessage} sees each message first. */
  boolean isObserved() {
    return hook != null;
  }

  /** Calls the listener's own {@code onMessage}, if it has one. */
  public Future<Void> observe(Entry entry) {
    MessageHook own = hook;
    if (own == null) {
      return Future.succeededFuture();
    }
    hooksRunning++;
    return own.onMessage(entry).onComplete(done -> hooksRunning--);
  }

  /** Returns whether its {@code onMessage} is at work at this moment. */
  public boolean isObserving() {
    return hooksRunning > 0;
  }

  /** Notes a read that is under way, whose answer its stream waits for. */
  void reads(Future<?> answer) {
    answered = answer.isComplete() ? Future.succeededFuture() : answer;
    if (!answer.isComplete()) {
      answer.onComplete(
          sent -> {
            if (answered == answer) { // the batch must not be kept alive from here
              answered = Future.succeededFuture();
            }
          });
    }
  }

  /**
   * Returns a future that completes when its last read is answered: messages that {@code onMessage}
   * has seen are then on their way.
   */
  Future<Void> answered() {
    return answered.<Void>mapEmpty().otherwiseEmpty();
  }
}
