package io.eric.log;

import org.jspecify.annotations.Nullable;

/**
 * All retained entries of a log, oldest to newest, and the <em>floor</em> among them, from which on
 * they are history. Entries join at the end, leave anywhere, and stand in chunks: an append stores
 * one reference in what is long-lived, a removal none, so the collector has little to look after
 * (with a link from each entry to the next, that was a fifth of a busy hub's time).
 *
 * <p>Costs: everything O(1) amortised. A chunk goes when all of its entries have gone, so an entry
 * that stays alone pins at most {@value #CHUNK} references.
 */
final class SlotList<T> {

  private static final int CHUNK = 64;

  private Chunk<T> oldest = new Chunk<>();
  private Chunk<T> newest = oldest;
  private Chunk<T> floorChunk = oldest;
  private int floorIndex;

  /** Told of each entry in turn. */
  @FunctionalInterface
  interface Visitor<T> {
    void visit(Slot<T> slot);
  }

  void add(Slot<T> slot) {
    Chunk<T> last = newest;
    if (last.filled == CHUNK) {
      Chunk<T> next = new Chunk<>();
      next.older = last;
      last.newer = next;
      newest = next;
      if (last.live == 0) {
        unlink(last);
      }
      last = next;
    }
    slot.chunk = last;
    slot.index = last.filled;
    last.slots[last.filled++] = slot;
    last.live++;
  }

  /** Takes out an entry that is in. */
  void remove(Slot<T> slot) {
    Chunk<T> chunk = slot.chunk;
    if (chunk == null || chunk.slots[slot.index] != slot) {
      throw new IllegalStateException("the entry is not in this list");
    }
    chunk.slots[slot.index] = null;
    slot.chunk = null;
    chunk.live--;
    if (chunk.live == 0 && chunk != newest) {
      unlink(chunk);
    }
  }

  /** The oldest entry. */
  @Nullable Slot<T> first() {
    Chunk<T> chunk = oldest; // has entries, unless it is the only one
    while (chunk.from < chunk.filled) {
      Slot<T> slot = chunk.slots[chunk.from];
      if (slot != null) {
        return slot;
      }
      chunk.from++;
    }
    return null;
  }

  /** The oldest entry from the floor on; {@code null} if there is none, then the next is it. */
  @Nullable Slot<T> floor() {
    while (true) {
      while (floorIndex < floorChunk.filled) {
        Slot<T> slot = floorChunk.slots[floorIndex];
        if (slot != null) {
          return slot;
        }
        floorIndex++;
      }
      Chunk<T> next = floorChunk.newer;
      if (next == null) {
        return null;
      }
      floorChunk = next;
      floorIndex = 0;
    }
  }

  /** Moves the floor past the entry where it is. */
  void raiseFloor() {
    if (floor() != null) {
      floorIndex++;
    }
  }

  void forEach(Visitor<T> visitor) {
    for (Chunk<T> chunk = oldest; chunk != null; chunk = chunk.newer) {
      for (int i = 0; i < chunk.filled; i++) {
        Slot<T> slot = chunk.slots[i];
        if (slot != null) {
          visitor.visit(slot);
        }
      }
    }
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
  }

  /** Entries in order, with holes where some have left. */
  static final class Chunk<T> {
    private final @Nullable Slot<T>[] slots = newSlots();
    private int filled;
    private int live;
    private int from;
    private @Nullable Chunk<T> older;
    private @Nullable Chunk<T> newer;

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <T> @Nullable Slot<T>[] newSlots() {
      return (Slot<T>[]) new Slot[CHUNK];
    }
  }
}
