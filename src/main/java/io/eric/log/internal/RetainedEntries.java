package io.eric.log.internal;

import io.eric.log.MessageLog;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * All retained entries of a log, oldest to newest, and the <em>floor</em> among them: from there on
 * they are the history. Entries join at the end and leave anywhere. Each is known by the number of
 * its cell, which another entry may have later.
 *
 * <p>An entry is a column in the arrays of a chunk, not an object of its own, and others refer to
 * it by a number. So an append gives the garbage collector two references to look after, mostly in
 * a chunk that is still young. (When each entry was an object that others linked to, a busy hub
 * spent a fifth of its time on those links.)
 *
 * <p>Every operation takes O(1) amortised. A chunk is freed when all of its entries have left, so a
 * single entry that stays pins at most the arrays of {@value #CHUNK} entries, some 600 bytes.
 */
final class RetainedEntries<T> {

  /** The number that stands for no cell. */
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

  /** Adds an entry, and returns its cell, which is valid until {@link #remove}. */
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
    last.bytes += size;
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

  /**
   * Removes an entry.
   *
   * @throws IllegalStateException if the cell is empty
   */
  void remove(int cell) {
    Chunk<T> chunk = chunk(cell);
    int index = cell & CHUNK - 1;
    if (chunk.lanes[index] == null) {
      throw new IllegalStateException("the cell is empty");
    }
    chunk.lanes[index] = null;
    chunk.clearContent(index);
    chunk.live--;
    chunk.bytes -= chunk.sizes[index];
    if (chunk.live == 0 && chunk != newest) {
      unlink(chunk);
    }
  }

  /** Returns the oldest entry's cell; {@link #NONE} if there is none. */
  int first() {
    Chunk<T> chunk = oldest; // it has entries, unless it is the only chunk
    while (chunk.from < chunk.filled) {
      if (chunk.lanes[chunk.from] != null) {
        return chunk.number << SHIFT | chunk.from;
      }
      chunk.from++;
    }
    return NONE;
  }

  /**
   * Returns the cell of the oldest entry from the floor on; {@link #NONE} if there is none, and
   * then the next entry that is added will be it.
   */
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

  /** Moves the floor past the oldest entry from the floor on, if there is one. */
  void raiseFloor() {
    if (floor() != NONE) {
      floorIndex++;
    }
  }

  /** Visits the cells of all entries, oldest first. */
  void forEach(IntConsumer visitor) {
    for (Chunk<T> chunk = oldest; chunk != null; chunk = chunk.newer) {
      for (int i = 0; i < chunk.filled; i++) {
        if (chunk.lanes[i] != null) {
          visitor.accept(chunk.number << SHIFT | i);
        }
      }
    }
  }

  /** Counts the entries after a sequence; takes a step per chunk of them. */
  MessageLog.Usage usageAfter(long sequence) {
    int messages = 0;
    long bytes = 0;
    for (Chunk<T> chunk = newest; chunk != null; chunk = chunk.older) {
      if (chunk.filled == 0 || chunk.sequences[0] > sequence) {
        messages += chunk.live;
        bytes += chunk.bytes;
        continue;
      }
      for (int i = chunk.filled - 1; chunk.sequences[i] > sequence; i--) {
        if (chunk.lanes[i] != null) {
          messages++;
          bytes += chunk.sizes[i];
        }
      }
      break;
    }
    return new MessageLog.Usage(messages, bytes);
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

  /** Removes a chunk that has no entries and is not the newest. */
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
    // An unlinked chunk that is in the collector's old generation must not keep newer ones alive.
    chunk.older = null;
    chunk.newer = null;
    chunks[chunk.number] = null;
    freeNumbers[free++] = chunk.number;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <T> @Nullable Chunk<T>[] newChunks(int length) {
    return (Chunk<T>[]) new Chunk[length];
  }

  /** Entries in order. An entry that has left has no lane. */
  private static final class Chunk<T> {
    private final int number;
    private final long[] sequences = new long[CHUNK];
    private final long[] timestamps = new long[CHUNK];
    private final int[] sizes = new int[CHUNK];
    private final @Nullable ReaderLane<T>[] lanes = newLanes();
    private final T[] contents = newContents();
    private int filled;
    private int live;
    private long bytes;
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

    @SuppressWarnings("NullAway") // the content of an empty cell is never read
    private void clearContent(int index) {
      contents[index] = null;
    }
  }
}
