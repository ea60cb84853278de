package io.eric.channel;

import io.eric.Connection;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * A listener as its channel keeps it: a cursor and, while somebody takes its messages, an
 * attachment.
 */
final class Listener {

  final String id;

  /** The last sequence before it existed; no cursor goes below. */
  final long created;

  /** An anonymous one, which goes with its stream and sees broadcasts only. */
  final boolean watcher;

  @Nullable MessageHook hook;
  boolean started;
  boolean stoppedOnPurpose;
  @Nullable Attachment attachment;

  /** When its cursor last moved, in milliseconds; tells a slow reader from a stuck one. */
  long lastAdvance;

  /** Completed when the last change of its attachment is done: such changes follow each other. */
  Future<?> transition = Future.succeededFuture();

  private long cursor;

  Listener(String id, long created, long cursor, boolean watcher, long now) {
    this.id = id;
    this.created = created;
    this.cursor = cursor;
    this.watcher = watcher;
    this.lastAdvance = now;
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
