package io.eric.internal.edge;

import io.eric.internal.Loop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the channels of an edge have pending in this turn of the event loop. One task at its end
 * writes it all.
 *
 * <p>It is kept here and not with each channel because most channels are old and what is pending is
 * young: a reference from one to the other would be work for the collector with every message.
 */
final class TurnWrites {

  private final Loop loop;
  private final int maxBytes;
  private final List<@Nullable PendingWrites> all = new ArrayList<>();

  /** The turns of the edge on this loop, whose writes are joined up to this number of bytes. */
  TurnWrites(Loop loop, int maxBytes) {
    this.loop = loop;
    this.maxBytes = maxBytes;
  }

  /**
   * The channel has something pending: it is flushed when the turn ends.
   *
   * @return where it is kept until {@link #take}
   */
  int begin(ChannelStreams channel) {
    if (all.isEmpty()) {
      flushAtEnd();
    }
    all.add(new PendingWrites(channel, maxBytes));
    return all.size() - 1;
  }

  PendingWrites get(int index) {
    PendingWrites pending = all.get(index);
    if (pending == null) {
      throw new IllegalStateException("it is flushed already");
    }
    return pending;
  }

  /** Takes out what is about to be written. */
  PendingWrites take(int index) {
    PendingWrites pending = get(index);
    all.set(index, null);
    return pending;
  }

  private void flushAtEnd() {
    loop.later(this::flush);
  }

  private void flush() {
    int next = 0;
    try {
      while (next < all.size()) {
        PendingWrites pending = all.get(next++);
        if (pending != null) {
          pending.channel.flush();
        }
      }
    } finally {
      if (next < all.size()) { // one channel's failure is not the others'
        flushAtEnd();
      } else {
        all.clear();
      }
    }
  }
}
