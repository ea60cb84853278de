package io.eric.channel;

import io.eric.Connection;
import io.eric.Entry;
import io.eric.log.Registration;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A listener as its channel keeps it: a cursor and, while somebody takes its messages, an
 * attachment.
 */
final class Listener {

  /** A holder that is no edge. */
  static final String CONSUMER = "";

  final String id;

  /** The last sequence before it existed; no cursor goes below. */
  final long created;

  /** An anonymous one, which goes with its stream and sees broadcasts only. */
  final boolean watcher;

  /** Its place among the listeners of its channel, from 1 on; given when it is added. */
  long number;

  @Nullable MessageHook hook;

  /** Where the hook calls. */
  @Nullable String hookAddress;

  /** The node whose consumer takes its messages; null for this one. */
  @Nullable String consumerNode;

  boolean started;
  boolean stoppedOnPurpose;
  @Nullable Attachment attachment;

  /**
   * Who had its messages last: the edge of its stream, or {@link #CONSUMER}. Null when nobody had
   * since the channel was opened here.
   */
  @Nullable String lastHolder;

  /** When its cursor last moved, in milliseconds; tells a slow reader from a stuck one. */
  long lastAdvance;

  /** The attachment that is being taken away because it lags. */
  @Nullable Attachment disconnecting;

  /**
   * Completed when its last read is answered: what {@code onMessage} has seen is then on its way.
   */
  Future<?> answered = Future.succeededFuture();

  /** What it has committed to the store. */
  long committed = -1;

  /** What the store keeps of it; null until it was told. */
  @Nullable Registration kept;

  private int hooksRunning;
  private Future<?> transition = Future.succeededFuture();
  private long cursor;

  Listener(String id, long created, long cursor, boolean watcher, long now) {
    this.id = id;
    this.created = created;
    this.cursor = cursor;
    this.watcher = watcher;
    this.lastAdvance = now;
  }

  /**
   * Runs a change of its attachment when those before it are done. Such a change must not wait for
   * another one of the same listener.
   */
  <T> Future<T> exclusively(Supplier<Future<T>> change) {
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

  /** What a store is to keep of it. */
  Registration registration() {
    Registration.State state =
        stoppedOnPurpose ? Registration.State.STOPPED : Registration.State.NEW;
    return new Registration(created, started ? Registration.State.STARTED : state);
  }

  /** A listener as the store kept it: if it was started, it waits for its stream. */
  static Listener restored(String id, Registration kept, long cursor, long now) {
    Listener listener = new Listener(id, kept.created(), cursor, false, now);
    listener.started = kept.state() == Registration.State.STARTED;
    listener.stoppedOnPurpose = kept.state() == Registration.State.STOPPED;
    listener.kept = kept;
    return listener;
  }

  /** Calls the listener's own {@code onMessage}, if it has one. */
  Future<Void> observe(Entry entry) {
    MessageHook own = hook;
    if (own == null) {
      return Future.succeededFuture();
    }
    hooksRunning++;
    return own.onMessage(entry).onComplete(done -> hooksRunning--);
  }

  /** Whether its {@code onMessage} is at work at this moment. */
  boolean isObserving() {
    return hooksRunning > 0;
  }

  /** Whose dispatches a read includes. */
  @Nullable String reader() {
    return watcher ? null : id;
  }

  boolean isLive() {
    return attachment != null && attachment.isLive();
  }

  /** The sequence up to which it has read. */
  long cursor(long lastSequence) {
    return Math.min(attachment == null ? cursor : attachment.cursor(), lastSequence);
  }

  /** Puts the cursor of an unattached listener; never before its creation. */
  void moveTo(long sequence, long now) {
    cursor = Math.max(created, sequence);
    lastAdvance = now;
  }

  Connection.State state() {
    if (!started) {
      return Connection.State.STOPPED;
    }
    if (attachment == null) {
      return Connection.State.DETACHED;
    }
    return attachment.isLive() ? Connection.State.LIVE : Connection.State.CATCHING_UP;
  }
}
