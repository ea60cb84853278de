package io.eric.log.indexed;

import io.eric.log.MessageLog;
import io.eric.log.Registration;
import io.eric.log.internal.LogIndex;
import io.eric.options.RetentionOptions;
import java.util.ArrayDeque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts back what a store has kept of a log, and then opens the log. Begin one with {@link
 * ChannelLog#restore}, and call {@link #lost}, then {@link #entry} and {@link #key} for the entries
 * in order, then the rest. After {@link #open} every method but {@link #state} throws {@link
 * IllegalStateException}: the past of an open log does not change.
 *
 * <p>Not thread-safe, but not bound to a context: a store may restore a log on another thread and
 * then hand it safely to the channel's context.
 *
 * @param <T> what the log holds of an entry's content
 */
public final class LogRestoration<T> {

  /** The number of keys that docs/PROTOCOL.md section 1 promises to know. */
  private static final int MAX_KEYS = 10_000;

  private final DropRelay<T> drops = new DropRelay<>();
  private final LogIndex<T> index;
  private final ListenerRecords listeners;
  private final ArrayDeque<MessageLog.KeptKey> keys = new ArrayDeque<>();
  private final LogState<T> state;

  LogRestoration(String epoch, long base, RetentionOptions retention) {
    this.index = new LogIndex<>(epoch, base, retention, drops);
    this.listeners = new ListenerRecords(index);
    this.state = new LogState<>(epoch, index, listeners);
  }

  /**
   * Returns what the storage may ask of the log. It shows what has been put back so far, and later
   * the open log.
   */
  public LogState<T> state() {
    return state;
  }

  /**
   * Puts back that messages are gone, before the entries: of the broadcasts, or of the dispatches
   * to one listener, nothing up to a sequence is kept. Their number is not known any more, so a
   * reader from before that sequence sees a gap without a count.
   *
   * @param receiver the listener whose dispatches are gone; {@code null} for the broadcasts
   * @param through the last one that is gone
   * @param throughOverflow the last one that was dropped as overflow, 0 if none was
   */
  public LogRestoration<T> lost(@Nullable String receiver, long through, long throughOverflow) {
    checkNotOpen();
    index.restoreLost(receiver, through, throughOverflow);
    return this;
  }

  /**
   * Puts back an entry that is stored. Sequences ascend. A sequence that is left out counts as
   * never written, without a gap for any listener, unless {@link #lost} has told of it.
   *
   * @param timestamp when it was appended, in milliseconds since 1970
   * @param receiver the listener that it is dispatched to; {@code null} for a broadcast
   * @param size what it counts against limits, in bytes ({@link io.eric.log.Entry#size})
   * @param content what the log is to hold of it
   */
  public LogRestoration<T> entry(
      long sequence, long timestamp, @Nullable String receiver, int size, T content) {
    checkNotOpen();
    index.append(sequence, timestamp, receiver, size, content);
    return this;
  }

  /**
   * Puts back the key of an entry, whether the entry itself is still kept or not. The newest 10,000
   * stay known.
   *
   * @param timestamp when the entry was appended, in milliseconds since 1970
   */
  public LogRestoration<T> key(String key, long sequence, long timestamp) {
    checkNotOpen();
    if (keys.size() == MAX_KEYS) {
      keys.removeFirst();
    }
    keys.addLast(new MessageLog.KeptKey(key, sequence, timestamp));
    return this;
  }

  /**
   * Puts back where the log ends, after the entries, because the last ones may be gone. A sequence
   * below the last entry's changes nothing.
   */
  public LogRestoration<T> last(long lastSequence) {
    checkNotOpen();
    index.restoreLast(lastSequence);
    return this;
  }

  /** Puts back committed cursors, after the entries. */
  public LogRestoration<T> committed(Map<String, Long> cursors) {
    checkNotOpen();
    listeners.commit(cursors);
    return this;
  }

  /** Puts back registrations, in the map's order. */
  public LogRestoration<T> registered(Map<String, Registration> registrations) {
    checkNotOpen();
    registrations.forEach(listeners::register);
    return this;
  }

  /** Opens the log over a storage, and ends the restoration. */
  public ChannelLog<T> open(LogStorage<T> storage) {
    checkNotOpen();
    drops.storage = storage;
    return new ChannelLog<>(state, index, listeners, keys, storage);
  }

  private void checkNotOpen() {
    if (drops.storage != null) {
      throw new IllegalStateException("the log is open already, its past cannot change");
    }
  }

  /**
   * Tells the storage which entries were dropped. The index is needed before the storage exists,
   * because the storage is constructed with the state of the log, so it is told through this.
   */
  private static final class DropRelay<T> implements LogIndex.Drops<T> {
    private @Nullable LogStorage<T> storage;

    @Override
    public void dropped(long sequence, T content, boolean overflow) {
      if (storage == null) {
        throw new IllegalStateException("the log is not open yet, nothing can be dropped");
      }
      storage.dropped(sequence, content, overflow);
    }
  }
}
