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
 * <p>Used on the channel's context only. Methods that need nothing but memory return their result;
 * methods that may reach a disk or another machine return a {@link Future}, which completes on that
 * context and fails with an {@link io.eric.EricException}: {@link io.eric.RepositoryException},
 * unless the store knows a more exact one.
 *
 * <p>The log itself drops what retention no longer keeps, as far as the {@link Cursors} allow.
 * Whether to drop messages that a listener has not read is the channel's decision.
 */
public interface MessageLog {

  /**
   * Returns the name of this life of the log. A log gets a new one when content was lost or
   * sequences would repeat.
   */
  String epoch();

  /** Returns the sequence of the newest entry, 0 if there never was one. */
  long lastSequence();

  /** Returns how much is kept at this moment. */
  Usage usage();

  /**
   * Returns an estimate of the heap that the log takes, in bytes, which counts against the hub's
   * budget for all logs. The default is the size of {@link #usage()}; a store that keeps contents
   * outside of the heap returns less.
   */
  default long heapBytes() {
    return usage().bytes();
  }

  /**
   * Returns how much of what is kept comes after a sequence, for whichever listener it is. It has
   * to be exact, because the policy {@code wait} makes room for messages by it.
   */
  Usage usageAfter(long sequence);

  /** Returns how much of what is kept is dispatched to this listener. */
  Usage usageOf(String listener);

  /**
   * Returns listeners and their cursors as last {@linkplain #commit committed}; empty for a new
   * log.
   */
  Map<String, Long> committed();

  /**
   * Returns listeners as last {@linkplain #register registered}, in the order of their first
   * registration; empty for a new log. Independent of {@link #committed}.
   */
  Map<String, Registration> registered();

  /**
   * Returns the publishers' keys of the entries that the log was opened with, oldest first, at most
   * the newest 10,000. By them the channel recognises a repeated publish although the hub was
   * restarted in between. The default is none.
   */
  default List<KeptKey> keys() {
    return List.of();
  }

  /**
   * Appends entries.
   *
   * @param batch ascending, consecutive sequences that start after {@link #lastSequence()}; not
   *     empty. At most one append is under way.
   * @return completes when the entries have the durability and replication that the store is
   *     configured for; they are readable from then on. If it fails, none of them is readable, and
   *     the same sequences may be used again.
   */
  Future<Void> append(List<Entry> batch);

  /**
   * Reads the messages for a listener after a sequence, in order, in time proportional to the
   * result.
   *
   * @param after the listener's cursor
   * @param listener the listener whose dispatches to include; {@code null} for broadcasts only
   * @param maxMessages how many messages to return at most, gaps included; at least 1
   * @param maxBytes the read stops when the entries' {@linkplain Entry#size() sizes} together have
   *     reached this; one entry is returned whatever its size
   */
  Future<Slice> read(long after, @Nullable String listener, int maxMessages, int maxBytes);

  /** Returns whether anything for this listener, a message or a gap, follows a sequence. */
  boolean hasAfter(long after, @Nullable String listener);

  /**
   * Drops what retention no longer keeps: entries outside of the history that all listeners they
   * are for have read, and entries older than the {@linkplain RetentionOptions#messageTtlMs time to
   * live}, read or not. The channel calls this after appends, when cursors have moved, and from
   * time to time.
   *
   * @param now milliseconds since 1970
   */
  void trim(Cursors cursors, long now);

  /**
   * Returns whether the log keeps more than {@link RetentionOptions#limitMessages} or {@link
   * RetentionOptions#limitBytes}.
   */
  boolean isOverLimit();

  /** Returns the oldest entry's sequence, or {@link #lastSequence()} + 1 if nothing is kept. */
  long firstSequence();

  /**
   * Returns whether the oldest entry is for this listener and after its cursor; false if nothing is
   * kept.
   */
  boolean oldestIsUnreadBy(String listener, long cursor);

  /**
   * Drops the oldest entry, read or not, as overflow: a listener that has not read it will see a
   * gap. Does nothing if nothing is kept.
   */
  void dropOldest();

  /** Drops the oldest dispatch to one listener, if there is one, as overflow. */
  void dropOldestOf(String listener);

  /**
   * Drops everything that was dispatched to a removed listener, its committed cursor and its
   * registration.
   */
  Future<Void> forget(String listener);

  /**
   * Keeps cursors for the next {@link MessageStore#open}.
   *
   * @param cursors listener to sequence; listeners that are not in it keep their cursors
   */
  Future<Void> commit(Map<String, Long> cursors);

  /**
   * Keeps a listener's registration for the next {@link MessageStore#open}, in place of an earlier
   * one; the listener keeps its place in the order.
   *
   * @return completes when the registration is as durable as an append
   */
  Future<Void> register(String listener, Registration registration);

  /** Deletes the log's contents and the channel's definition, and closes the log. */
  Future<Void> delete();

  /**
   * Flushes what is stored and releases resources; a log in memory is lost. Idempotent. Every other
   * operation that returns a future fails from then on.
   */
  Future<Void> close();

  /**
   * A publisher's key that is still known.
   *
   * @param key the key
   * @param sequence the sequence of its message
   * @param timestamp when the message was appended, in milliseconds since 1970
   */
  record KeptKey(String key, long sequence, long timestamp) {}

  /**
   * An amount of messages.
   *
   * @param messages how many
   * @param bytes their {@linkplain Entry#size() sizes} together
   */
  record Usage(int messages, long bytes) {
    /** No messages. */
    public static final Usage NONE = new Usage(0, 0);
  }
}
