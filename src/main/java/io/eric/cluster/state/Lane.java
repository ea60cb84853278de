package io.eric.cluster.state;

import io.eric.log.Entry;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * The retained entries that have the same readers, oldest first: all broadcasts of a channel, or
 * the dispatches to one listener. They are dropped oldest first, so two numbers say what is gone.
 */
final class Lane {

  final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private long bytes;
  private long droppedThrough;
  private long droppedThroughOverflow;

  /** Returns the sizes of the retained entries together. */
  long bytes() {
    return bytes;
  }

  long droppedThrough() {
    return droppedThrough;
  }

  long droppedThroughOverflow() {
    return droppedThroughOverflow;
  }

  void add(Entry entry) {
    entries.addLast(entry);
    bytes += entry.size();
  }

  /** Drops what is not after a sequence; marks that are behind the present ones change nothing. */
  void drop(long through, long throughOverflow) {
    droppedThrough = Math.max(droppedThrough, through);
    droppedThroughOverflow = Math.max(droppedThroughOverflow, throughOverflow);
    Iterator<Entry> oldest = entries.iterator();
    while (oldest.hasNext()) {
      Entry entry = oldest.next();
      if (entry.sequence() > through) {
        return;
      }
      bytes -= entry.size();
      oldest.remove();
    }
  }
}
