package io.eric.channel.internal.readers;

import io.eric.ListenerStatus;
import io.eric.log.Entry;
import io.eric.log.Registration;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A listener as its channel keeps it: a cursor and, while somebody takes its messages, an
 * attachment.
 *
 * <p>Its state changes by the methods of the first row alone. A dash is an event that leaves the
 * state as it is, because what it asks for is so already: an attachment may go by itself while
 * somebody takes it away, a client may stop what the overflow policy has just ended, and a caller
 * that has asked for a listener may find it removed when its turn has come.
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
 * away first, and to look whether the listener is still there.
 */
public final class Listener {

  /** A holder that is no edge. */
  private static final String CONSUMER = "";

  /** What it is to its channel. */
  public enum State {
    /** It was added, and never started. */
    COLLECTING,
    /** It was stopped on purpose; it collects. */
    STOPPED,
    /** It is started, and nobody takes its messages. */
    DETACHED,
    /** Its attachment takes its messages. */
    ATTACHED,
    /** Its attachment is being taken away: it reads no more, and has to say how far it got. */
    ENDING,
    /** It was removed. Its attachment may still have to end. */
    GONE
  }

  public final String id;

  /** The last sequence before it existed; no cursor goes below. */
  final long created;

  /** An anonymous one, which goes with its stream and sees broadcasts only. */
  public final boolean watcher;

  /** Its place among the listeners of its channel, from 1 on; given when it is added. */
  long number;

  private State state = State.COLLECTING;

  /** What comes after {@link State#ENDING}. */
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

  /** A listener as the store kept it: if it was started, it waits for its stream. */
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

  /** Its messages may be taken. */
  public void start() {
    switch (state) {
      case COLLECTING, STOPPED -> state = State.DETACHED;
      case ENDING -> afterEnding = State.DETACHED;
      case DETACHED, ATTACHED, GONE -> {}
    }
  }

  /** Its messages are not to be taken; an attachment has to end. */
  public void stop() {
    switch (state) {
      case COLLECTING, DETACHED -> state = State.STOPPED;
      case ATTACHED -> end(State.STOPPED);
      case ENDING -> afterEnding = State.STOPPED;
      case STOPPED, GONE -> {}
    }
  }

  /** Somebody takes its messages from now on, which starts it. */
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

  /** Its attachment, if it has one, reads no more and is to be taken off. */
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
   * Its attachment is off. Called by {@link Listeners#detach} alone, which does what else follows
   * from it.
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

  /** It is removed from its channel. */
  void remove() {
    state = State.GONE;
  }

  // ---- what it is

  public State state() {
    return state;
  }

  /** Whether its messages may be taken; one whose attachment ends by itself is still started. */
  public boolean isStarted() {
    return switch (state) {
      case DETACHED, ATTACHED -> true;
      case ENDING -> afterEnding == State.DETACHED;
      case COLLECTING, STOPPED, GONE -> false;
    };
  }

  /** Whether it was stopped on purpose, or is about to be. */
  boolean isStopped() {
    return state == State.STOPPED || state == State.ENDING && afterEnding == State.STOPPED;
  }

  /** Whether somebody else than this edge had its messages last. */
  boolean wasHeldByOthersThan(String edge) {
    return lastHolder != null && !lastHolder.equals(edge);
  }

  /** What takes its messages, or is being taken away; null if nobody does. */
  public @Nullable Attachment attachment() {
    return attachment;
  }

  /** Its stream; null if it has none. */
  public @Nullable StreamAttachment stream() {
    return attachment instanceof StreamAttachment stream ? stream : null;
  }

  /** What of the channel's own takes its messages; null if nothing does. */
  public @Nullable DirectAttachment direct() {
    return attachment instanceof DirectAttachment direct ? direct : null;
  }

  /** What a store is to keep of it. */
  public Registration registration() {
    if (isStarted()) {
      return new Registration(created, Registration.State.STARTED);
    }
    return new Registration(
        created, isStopped() ? Registration.State.STOPPED : Registration.State.NEW);
  }

  /** As clients see it. */
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
   * Runs a change of its attachment when those before it are done. Such a change must not wait for
   * another one of the same listener.
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
          if (transition == ended) { // its result, perhaps a stream, must not outlive it here
            transition = Future.succeededFuture();
          }
        });
    return done;
  }

  // ---- its cursor

  /** The sequence up to which it has read. */
  public long cursor(long lastSequence) {
    return Math.min(attachment == null ? cursor : attachment.cursor(), lastSequence);
  }

  /** Puts the cursor of an unattached listener; never before its creation. */
  public void moveTo(long sequence, long now) {
    cursor = Math.max(created, sequence);
    lastAdvance = now;
  }

  /** It has got on, or has nothing to do: it is not stuck. */
  public void advanced(long now) {
    lastAdvance = now;
  }

  /** When its cursor last moved, in milliseconds; tells a slow reader from a stuck one. */
  public long lastAdvance() {
    StreamAttachment stream = stream();
    return stream == null ? lastAdvance : Math.max(lastAdvance, stream.lastProgress());
  }

  /** Whose dispatches a read includes. */
  public @Nullable String reader() {
    return watcher ? null : id;
  }

  // ---- what the store has of it

  /** Gives its cursor to the store. */
  public long commit(long lastSequence) {
    committed = cursor(lastSequence);
    return committed;
  }

  /** Whether the store has its cursor. */
  public boolean isCommitted(long lastSequence) {
    return committed == cursor(lastSequence);
  }

  /** What the store keeps of it; null until it was told. */
  public @Nullable Registration kept() {
    return kept;
  }

  /** See {@link #kept}. */
  public void keep(@Nullable Registration kept) {
    this.kept = kept;
  }

  // ---- its own onMessage

  /** Its {@code onMessage}, and the address where it is called. */
  public void observeBy(@Nullable MessageHook hook, @Nullable String address) {
    this.hookAddress = address;
    if (hook != null) {
      this.hook = hook;
    }
  }

  /** Where its {@code onMessage} is called; null if it has none. */
  public @Nullable String hookAddress() {
    return hookAddress;
  }

  /** Whether its {@code onMessage} sees each message first. */
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

  /** Whether its {@code onMessage} is at work at this moment. */
  public boolean isObserving() {
    return hooksRunning > 0;
  }

  /** A read is under way, whose answer its stream waits for. */
  void reads(Future<?> answer) {
    answered = answer.isComplete() ? Future.succeededFuture() : answer;
    if (!answer.isComplete()) {
      answer.onComplete(
          sent -> {
            if (answered == answer) { // the batch must not outlive its answer here
              answered = Future.succeededFuture();
            }
          });
    }
  }

  /**
   * Completed when its last read is answered: what {@code onMessage} has seen is then on its way.
   */
  Future<Void> answered() {
    return answered.<Void>mapEmpty().otherwiseEmpty();
  }
}
