package io.eric.log;

import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The log of one channel: entries in the order of their sequences, with one writer. A broadcast is
 * stored once however many listeners there are; a dispatch is an entry with a receiver.
 *
 * <p>Used on the channel's context only. What is asked of memory answers at once, what may reach a
 * disk or another machine answers with a {@link Future}, completed on that context. Futures fail
 * with {@link io.eric.RepositoryException}.
 *
 * <p>What retention drops is dropped by the log itself, as far as {@link Cursors} allow it; what
 * must be dropped although somebody has not read it is the channel's decision.
 */
public interface MessageLog {

  /** Names this life of the log; it changes when content was lost or sequences would repeat. */
  String epoch();

  /** The sequence of the newest entry, 0 if there never was one. */
  long lastSequence();

  /** How much is kept at this moment. */
  Usage usage();

  /**
   * How much of the heap that takes, in bytes, as far as the hub's budget for all logs is
   * concerned. A store that keeps contents elsewhere says less than {@link #usage()}, which is the
   * default.
   */
  default long heapBytes() {
    return usage().bytes();
  }

  /** How much of what is kept is dispatched to this listener. */
  Usage usageOf(String listener);

  /** Listeners and their cursors as last {@linkplain #commit committed}; empty for a new log. */
  Map<String, Long> committed();

  /**
   * Listeners as last {@linkplain #register registered}, in the order of their first registration;
   * empty for a new log. Independent of {@link #committed}.
   */
  Map<String, Registration> registered();

  /**
   * The publishers' keys of the entries that the log was opened with, oldest first, at most the
   * newest 10,000: with them a repeat is recognised although the hub was restarted in between.
   */
  default List<KeptKey> keys() {
    return List.of();
  }

  /**
   * Appends entries.
   *
   * @param batch ascending, consecutive sequences that start after {@link #lastSequence()}; not
   *     empty. At most one append is under way.
   * @return completed when the entries have the durability and replication that the store is
   *     configured for; they are readable from then on. Failed: none of them is readable, and the
   *     same sequences may be used again.
   */
  Future<Void> append(List<Entry> batch);

  /**
   * Reads what a listener has to see after a sequence, in order, in time proportional to the
   * result.
   *
   * @param after the listener's cursor
   * @param listener whose dispatches to include; {@code null} for broadcasts only
   * @param maxMessages at least 1
   * @param maxBytes stop when the entries' {@linkplain Entry#size() sizes} have reached this; at
   *     least one entry is returned if there is one
   */
  Future<Slice> read(long after, @Nullable String listener, int maxMessages, int maxBytes);

  /**
   * Whether anything for this listener, messages or a gap, follows a sequence. Answers from memory.
   */
  boolean hasAfter(long after, @Nullable String listener);

  /**
   * Drops what retention no longer keeps: entries outside {@link RetentionOptions#history} that all
   * that should read them have read, and entries older than the time to live, read or not. Called
   * by the channel after appends, when cursors have moved and from time to time.
   *
   * @param now milliseconds since 1970
   */
  void trim(Cursors cursors, long now);

  /** Whether more is kept than {@link RetentionOptions#limit} allows. */
  boolean isOverLimit();

  /** The oldest entry's sequence, or {@link #lastSequence()} + 1 if nothing is kept. */
  long firstSequence();

  /** Whether {@link #firstSequence()}'s entry is for this listener and after its cursor. */
  boolean oldestIsUnreadBy(String listener, long cursor);

  /**
   * Drops the oldest entry, read or not, as overflow: a listener that has not read it will see a
   * gap.
   */
  void dropOldest();

  /** Drops the oldest dispatch of one listener, as overflow. */
  void dropOldestOf(String listener);

  /**
   * Drops what was dispatched to a listener that was removed, its committed cursor and its
   * registration.
   */
  Future<Void> forget(String listener);

  /**
   * Keeps cursors for the next {@link MessageStore#open}.
   *
   * @param cursors listener to sequence; those not named keep theirs
   */
  Future<Void> commit(Map<String, Long> cursors);

  /**
   * Keeps a listener for the next {@link MessageStore#open}, in place of what was kept of it; it
   * keeps its place in the order.
   *
   * @return completed when the registration is as durable as an append
   */
  Future<Void> register(String listener, Registration registration);

  /** Deletes the log with all it holds and the channel's definition; it is closed then. */
  Future<Void> delete();

  /** Flushes and releases; a memory log is gone. Idempotent. */
  Future<Void> close();

  /**
   * A publisher's key that is still known.
   *
   * @param sequence where its message went
   * @param timestamp when, in milliseconds since 1970
   */
  record KeptKey(String key, long sequence, long timestamp) {}

  /**
   * An amount of messages.
   *
   * @param messages how many
   * @param bytes their {@linkplain Entry#size() sizes} together
   */
  record Usage(int messages, long bytes) {
    /** Nothing. */
    public static final Usage NONE = new Usage(0, 0);
  }
}
