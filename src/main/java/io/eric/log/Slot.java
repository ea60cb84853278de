package io.eric.log;

import org.jspecify.annotations.Nullable;

/**
 * One retained entry's place in a {@link LogIndex}: in the list of all entries, and in the lane of
 * those who read it.
 *
 * @param <T> what the store keeps of the entry's content
 */
final class Slot<T> {

  final long sequence;
  final long timestamp;
  final int size;
  final Lane<T> lane;
  final T content;

  /** Where it stands in the list of all. Kept by {@link SlotList}. */
  SlotList.@Nullable Chunk<T> chunk;

  int index;

  Slot(long sequence, long timestamp, int size, Lane<T> lane, T content) {
    this.sequence = sequence;
    this.timestamp = timestamp;
    this.size = size;
    this.lane = lane;
    this.content = content;
  }
}
