package io.eric.log.internal;

import org.jspecify.annotations.Nullable;

/**
 * Sees entries that a log keeps, as an index takes them back.
 *
 * @param <T> what the index holds of an entry's content
 */
@FunctionalInterface
public interface RetainedVisitor<T> {
  /** One entry. */
  void visit(long sequence, long timestamp, @Nullable String receiver, int size, T content);
}
