package io.eric.log.indexed;

import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.Registration;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/**
 * Keeps the contents of one channel's log, its cursors and its registrations: the part of a store
 * that differs between stores. Implement it to keep messages in a place of your own; the {@link
 * ChannelLog} over it has the order, the retention and the gaps.
 *
 * <p>All methods are called on the channel's context, and their futures must complete on it. A
 * method that can answer at once returns a completed future, and then the log does not wait a turn.
 * Methods do not throw; they return failed futures. An {@link io.eric.EricException} reaches the
 * caller of the log as it is, any other failure as the cause of a {@link
 * io.eric.RepositoryException}.
 *
 * <p>A storage that has to know what its log keeps, or how far listeners have read, is constructed
 * with the log's {@link LogState}.
 *
 * @param <T> what the log holds in the heap for each entry: the entry itself, or where to find it
 */
public interface LogStorage<T> {

  /**
   * Makes entries durable. At most one call is under way.
   *
   * @param batch entries in ascending, consecutive sequences; not empty
   * @return what the log is to hold of each entry, in the batch's order. If it fails, the same
   *     sequences may come again with other entries.
   */
  Future<List<T>> append(List<Entry> batch);

  /**
   * Loads entries. Those that are {@linkplain #dropped dropped} while the call is under way must be
   * loaded nevertheless.
   *
   * @param contents what the log holds of the entries; not empty
   * @return the entries, in the same order
   */
  Future<List<Entry>> load(List<T> contents);

  /**
   * Makes cursors durable.
   *
   * @param cursors listener to sequence; listeners that are not in it keep their cursors
   */
  Future<Void> commit(Map<String, Long> cursors);

  /** Makes a listener's registration durable, in place of an earlier one. */
  Future<Void> register(String listener, Registration registration);

  /**
   * Removes a listener's cursor and registration, and remembers that everything dispatched to the
   * listener so far is void.
   */
  Future<Void> forget(String listener);

  /**
   * Notes that the log has dropped an entry: it will not ask for the entry again, except in a
   * {@link #load} that is already under way. The default does nothing.
   *
   * @param content what the log held of the entry
   * @param overflow whether the entry was dropped for the log's limit, so that listeners may not
   *     have read it
   */
  default void dropped(long sequence, T content, boolean overflow) {}

  /**
   * Deletes what is stored, with the channel's definition, and releases resources. It is the last
   * call, apart from {@link #dropped}.
   */
  Future<Void> delete();

  /**
   * Flushes what is stored and releases resources. It is the last call, apart from {@link
   * #dropped}.
   */
  Future<Void> close();

  /**
   * Estimates how much heap the log takes, for the hub's budget of all logs together.
   *
   * @param usage what the log keeps
   * @return bytes; the default assumes that the contents are in the heap
   */
  default long heapBytes(MessageLog.Usage usage) {
    return usage.bytes();
  }
}
