package io.eric.log.indexed;

import io.eric.log.MessageLog;
import io.eric.log.Registration;
import io.eric.log.RetainedVisitor;
import io.eric.log.internal.LogIndex;
import java.util.Map;

/**
 * What a {@link LogStorage} may ask of its log: what the log keeps at this moment, and how far its
 * listeners have read. It exists before the log, from the beginning of a {@link LogRestoration}, so
 * that a storage can be constructed with it.
 *
 * <p>Everything is answered from memory. Use it on the channel's context only.
 *
 * @param <T> what the log holds of an entry's content
 */
public final class LogState<T> {

  private final String epoch;
  private final LogIndex<T> index;
  private final ListenerRecords listeners;

  LogState(String epoch, LogIndex<T> index, ListenerRecords listeners) {
    this.epoch = epoch;
    this.index = index;
    this.listeners = listeners;
  }

  /** Returns the name of this life of the log. */
  public String epoch() {
    return epoch;
  }

  /** Returns the oldest entry's sequence, or {@link #lastSequence()} + 1 if nothing is kept. */
  public long firstSequence() {
    return index.firstSequence();
  }

  /** Returns the sequence of the newest entry, 0 if there never was one. */
  public long lastSequence() {
    return index.lastSequence();
  }

  /** Returns how much the log keeps. */
  public MessageLog.Usage usage() {
    return index.usage();
  }

  /** Returns listeners and their cursors as last committed; an unmodifiable view. */
  public Map<String, Long> committed() {
    return listeners.committed();
  }

  /**
   * Returns listeners as last registered, in the order of their first registration; an unmodifiable
   * view.
   */
  public Map<String, Registration> registered() {
    return listeners.registered();
  }

  /**
   * Returns how far a listener in {@link #committed} has read, which may be further than the cursor
   * that it has committed. A store that removes for good what all listeners have read makes these
   * cursors durable first: otherwise, after a crash, the listener would be told that it missed
   * those messages.
   */
  public long cursorOf(String listener) {
    return listeners.cursorOf(listener);
  }

  /** Visits all entries that are kept, oldest first. The visitor must not change the log. */
  public void forEachRetained(RetainedVisitor<T> visitor) {
    index.forEach(visitor);
  }

  /**
   * Drops the oldest entry, read or not, as overflow: a listener that has not read it will see a
   * gap. Does nothing if the log is empty.
   *
   * @throws IllegalStateException if the log is not open yet
   */
  public void dropOldest() {
    index.dropOldest();
  }
}
