package io.eric.internal.edge;

import io.eric.internal.Loop;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the channels of an edge have pending in this turn of the event loop. One task at the
 * end of the turn writes everything.
 *
 * <p>The pending writes are kept here and not with each channel because most channels are old
 * objects and pending writes are young ones: references from old to young objects would make work
 * for the garbage collector with every message.
 */
final class TurnWrites {

  private final Loop loop;
  private final int maxBytes;
  private final List<@Nullable PendingWrites> all = new ArrayList<>();

  /** Joins the writes of each turn of this loop up to this number of bytes. */
  TurnWrites(Loop loop, int maxBytes) {
    this.loop = loop;
    this.maxBytes = maxBytes;
  }

  /**
   * Begins to collect for a channel, which is flushed when the turn ends.
   *
   * @return the index of its pending writes until they are written
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

  /** Writes what is pending at this index to the live streams of its channel. */
  void write(int index) {
    PendingWrites pending = get(index);
    all.set(index, null);
    ChannelStreams channel = pending.channel;
    long before = channel.writing();
    long through = channel.flushed();
    long now = loop.nanoTime();
    long messages = 0;
    if (pending.hasShared()) {
      for (EdgeStream stream : channel.liveNow()) {
        if (stream.isLive()) {
          messages += stream.push(pending.forStream(stream), before, through, now);
        }
      }
    } else {
      for (EdgeStream stream : pending.targets()) {
        if (stream.isLive()) {
          messages += stream.push(pending.forStream(stream), before, through, now);
        }
      }
    }
    channel.wrote(messages);
  }

  private void flushAtEnd() {
    loop.later(this::flush);
  }

  private void flush() {
    int next = 0;
    try {
      while (next < all.size()) {
        int index = next++;
        if (all.get(index) != null) {
          write(index);
        }
      }
    } finally {
      if (next < all.size()) { // one channel's failure must not stop the others
        flushAtEnd();
      } else {
        all.clear();
      }
    }
  }
}
