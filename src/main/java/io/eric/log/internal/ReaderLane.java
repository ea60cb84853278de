package io.eric.log.internal;

import org.jspecify.annotations.Nullable;

/**
 * The retained entries that have the same readers, oldest first: all broadcasts, or the dispatches
 * of one listener. Entries join at the end and leave at the front, so what was {@linkplain #lost
 * lost} is always older than what is kept. Adding and removing an entry take O(1) amortised,
 * finding a sequence O(log n).
 *
 * <p>A listener's lane stays as long as the listener, even when it is empty, because it knows what
 * the listener missed.
 */
final class ReaderLane<T> {

  private static final int MIN_CAPACITY = 4;

  /** The listener whose dispatches these are; {@code null} for the broadcasts. */
  final @Nullable String receiver;

  /** What was dropped from this lane. */
  final DroppedEntries lost;

  /** Whether the lane is in its index's queue of lanes with entries that have left the history. */
  boolean queued;

  private final RetainedEntries<T> cells;
  private int[] ring = new int[MIN_CAPACITY];
  private int head;
  private int size;
  private long bytes;
  private long readThrough;

  ReaderLane(@Nullable String receiver, DroppedEntries lost, RetainedEntries<T> cells) {
    this.receiver = receiver;
    this.lost = lost;
    this.cells = cells;
  }

  int size() {
    return size;
  }

  /** Returns the sizes of all entries together. */
  long bytes() {
    return bytes;
  }

  /** Returns how many entries fit without growing, which is what the lane costs in memory. */
  int capacity() {
    return ring.length;
  }

  /**
   * Returns the cell of the entry at an index, where 0 is the oldest; {@link RetainedEntries#NONE}
   * past the end.
   */
  int get(int index) {
    return index < size ? ring[(head + index) & (ring.length - 1)] : RetainedEntries.NONE;
  }

  /** Returns the cell of the oldest entry; {@link RetainedEntries#NONE} if there is none. */
  int first() {
    return get(0);
  }

  /** Returns the highest sequence that this lane ever had, kept or lost. */
  long lastSequence() {
    return size == 0 ? lost.through() : sequenceAt(size - 1);
  }

  /**
   * Notes how far the slowest reader is, as far as is known. If the lane then loses entries that
   * this reader has not read, their number stays known.
   */
  void noteReadThrough(long sequence) {
    readThrough = sequence;
  }

  void add(int cell, int entrySize) {
    if (size == ring.length) {
      resize(size * 2);
    }
    ring[(head + size) & (ring.length - 1)] = cell;
    size++;
    bytes += entrySize;
  }

  /** Drops the oldest entry, whose cell is still in use. */
  void dropFirst(boolean overflow) {
    int cell = first();
    if (cell == RetainedEntries.NONE) {
      throw new IllegalStateException("the lane is empty");
    }
    long sequence = cells.sequence(cell);
    if (readThrough < sequence && readThrough >= lost.through()) {
      lost.mark(readThrough);
    }
    lost.add(sequence, overflow);
    head = (head + 1) & (ring.length - 1);
    size--;
    bytes -= cells.size(cell);
    if (ring.length > MIN_CAPACITY && size < ring.length / 4) {
      resize(ring.length / 2);
    }
  }

  /** Returns the index of the oldest entry after a sequence; {@link #size()} if there is none. */
  int indexAfter(long sequence) {
    if (size == 0 || sequenceAt(0) > sequence) {
      return 0;
    }
    int low = 1;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sequenceAt(middle) <= sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * Returns how many entries this lane ever had, kept or lost, up to a sequence; {@link
   * DroppedEntries#UNKNOWN} where that is forgotten.
   */
  long countUpTo(long sequence) {
    return sequence >= lost.through() ? lost.count() + indexAfter(sequence) : lost.upTo(sequence);
  }

  private long sequenceAt(int index) {
    return cells.sequence(get(index));
  }

  private void resize(int capacity) {
    int[] resized = new int[capacity];
    for (int i = 0; i < size; i++) {
      resized[i] = get(i);
    }
    ring = resized;
    head = 0;
  }
}
