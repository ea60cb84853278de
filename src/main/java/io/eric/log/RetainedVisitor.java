package io.eric.log;

import org.jspecify.annotations.Nullable;

/**
 * Visits the entries that a log keeps.
 *
 * <p>Called on the thread that visits the log, before the visit returns.
 *
 * @param <T> what the log holds of an entry's content: the entry itself, or where to find it
 */
@FunctionalInterface
public interface RetainedVisitor<T> {

  /**
   * Visits one entry.
   *
   * @param sequence the entry's sequence
   * @param timestamp when it was appended, in milliseconds since 1970
   * @param receiver the listener that it is dispatched to; {@code null} for a broadcast
   * @param size what it counts against limits, in bytes
   * @param content what the log holds of its content
   */
  void visit(long sequence, long timestamp, @Nullable String receiver, int size, T content);
}
