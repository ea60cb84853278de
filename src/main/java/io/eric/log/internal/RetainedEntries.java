package io.eric.log.internal;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * All retained entries of a log, oldest to newest, and the <em>floor</em> among them, from which on
 * they are history. Entries join at the end, leave anywhere, and are known by the number of their
 * cell, which another entry may have later.
 *
 * <p>An entry is a column in the arrays of a chunk and no object of its own, and who refers to it
 * does so by a number: of an append, the collector sees two references, and most of the time in a
 * chunk that is young. (Where each entry was an object that others linked to, looking after the
 * links was a fifth of a busy hub's time.)
 *
 * <p>Costs: everything O(1) amortised. A chunk goes when all of its entries have gone, so an entry
 * that stays alone pins at most the places of {@value #CHUNK}, some 600 bytes.
 */
final class RetainedEntries<T> {

  /** No cell. */
  static final int NONE = -1;

  private static final int SHIFT = 4;
  private static final int CHUNK = 1 << SHIFT;

  private @Nullable Chunk<T>[] chunks = newChunks(2);
  private int[] freeNumbers = new int[2];
  private int free;
  private int used;

  private Chunk<T> oldest = newChunk();
  private Chunk<T> newest = oldest;
  private Chunk<T> floorChunk = oldest;
  private int floorIndex;

  /** Adds an entry; its cell is good until {@link #remove}. */
  int add(long sequence, long timestamp, int size, ReaderLane<T> lane, T content) {
    Chunk<T> last = newest;
    if (last.filled == CHUNK) {
      Chunk<T> next = newChunk();
      next.older = last;
      last.newer = next;
      newest = next;
      if (last.live == 0) {
        unlink(last);
      }
      last = next;
    }
    int index = last.filled++;
    last.sequences[index] = sequence;
    last.timestamps[index] = timestamp;
    last.sizes[index] = size;
    last.lanes[index] = lane;
    last.contents[index] = content;
    last.live++;
    return last.number << SHIFT | index;
  }

  long sequence(int cell) {
    return chunk(cell).sequences[cell & CHUNK - 1];
  }

  long timestamp(int cell) {
    return chunk(cell).timestamps[cell & CHUNK - 1];
  }

  int size(int cell) {
    return chunk(cell).sizes[cell & CHUNK - 1];
  }

  ReaderLane<T> lane(int cell) {
    ReaderLane<T> lane = chunk(cell).lanes[cell & CHUNK - 1];
    if (lane == null) {
      throw new IllegalStateException("the cell is empty");
    }
    return lane;
  }

  T content(int cell) {
    return chunk(cell).contents[cell & CHUNK - 1];
  }

  /** Takes out an entry that is in. */
  void remove(int cell) {
    Chunk<T> chunk = chunk(cell);
    int index = cell & CHUNK - 1;
    if (chunk.lanes[index] == null) {
      throw new IllegalStateException("the cell is empty");
    }
    chunk.lanes[index] = null;
    chunk.clearContent(index);
    chunk.live--;
    if (chunk.live == 0 && chunk != newest) {
      unlink(chunk);
    }
  }

  /** The oldest entry; {@link #NONE} if there is none. */
  int first() {
    Chunk<T> chunk = oldest; // has entries, unless it is the only one
    while (chunk.from < chunk.filled) {
      if (chunk.lanes[chunk.from] != null) {
        return chunk.number << SHIFT | chunk.from;
      }
      chunk.from++;
    }
    return NONE;
  }

  /** The oldest entry from the floor on; {@link #NONE} if there is none, then the next is it. */
  int floor() {
    while (true) {
      while (floorIndex < floorChunk.filled) {
        if (floorChunk.lanes[floorIndex] != null) {
          return floorChunk.number << SHIFT | floorIndex;
        }
        floorIndex++;
      }
      Chunk<T> next = floorChunk.newer;
      if (next == null) {
        return NONE;
      }
      floorChunk = next;
      floorIndex = 0;
    }
  }

  /** Moves the floor past the entry where it is. */
  void raiseFloor() {
    if (floor() != NONE) {
      floorIndex++;
    }
  }

  /** Passes over the cells of all entries, oldest first. */
  void forEach(IntConsumer visitor) {
    for (Chunk<T> chunk = oldest; chunk != null; chunk = chunk.newer) {
      for (int i = 0; i < chunk.filled; i++) {
        if (chunk.lanes[i] != null) {
          visitor.accept(chunk.number << SHIFT | i);
        }
      }
    }
  }

  private Chunk<T> chunk(int cell) {
    Chunk<T> chunk = chunks[cell >> SHIFT];
    if (chunk == null) {
      throw new IllegalStateException("the cell is empty");
    }
    return chunk;
  }

  private Chunk<T> newChunk() {
    int number = free > 0 ? freeNumbers[--free] : used++;
    if (number == chunks.length) {
      chunks = Arrays.copyOf(chunks, 2 * number);
      freeNumbers = Arrays.copyOf(freeNumbers, 2 * number);
    }
    Chunk<T> chunk = new Chunk<>(number);
    chunks[number] = chunk;
    return chunk;
  }

  /** Takes out a chunk without entries that has a newer one. */
  private void unlink(Chunk<T> chunk) {
    Chunk<T> before = chunk.older;
    Chunk<T> after = chunk.newer;
    if (after == null) {
      throw new IllegalStateException("the newest chunk stays");
    }
    if (floorChunk == chunk) {
      floorChunk = after;
      floorIndex = 0;
    }
    after.older = before;
    if (before == null) {
      oldest = after;
    } else {
      before.newer = after;
    }
    // One that is old enough to live in another generation must not keep the next ones alive.
    chunk.older = null;
    chunk.newer = null;
    chunks[chunk.number] = null;
    freeNumbers[free++] = chunk.number;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <T> @Nullable Chunk<T>[] newChunks(int length) {
    return (Chunk<T>[]) new Chunk[length];
  }

  /** Entries in order; one that has left has no lane. */
  private static final class Chunk<T> {
    private final int number;
    private final long[] sequences = new long[CHUNK];
    private final long[] timestamps = new long[CHUNK];
    private final int[] sizes = new int[CHUNK];
    private final @Nullable ReaderLane<T>[] lanes = newLanes();
    private final T[] contents = newContents();
    private int filled;
    private int live;
    private int from;
    private @Nullable Chunk<T> older;
    private @Nullable Chunk<T> newer;

    private Chunk(int number) {
      this.number = number;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <T> @Nullable ReaderLane<T>[] newLanes() {
      return (ReaderLane<T>[]) new ReaderLane[CHUNK];
    }

    @SuppressWarnings("unchecked")
    private static <T> T[] newContents() {
      return (T[]) new Object[CHUNK];
    }

    @SuppressWarnings("NullAway") // nobody reads the content of a cell that is empty
    private void clearContent(int index) {
      contents[index] = null;
    }
  }
}
