package io.eric.cluster.link;

import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** What waits for one node, bounded in bytes. For any thread, except where it says otherwise. */
final class Outbox {

  /** What became of something that was to be sent. */
  enum Added {
    /** It waits alone, so that the link has to be told. */
    FIRST,
    /** It waits behind others. */
    BEHIND,
    /** There was no room for it. */
    REFUSED
  }

  private final long most;
  private final Meters meters;
  private Deque<Item> items = new ArrayDeque<>();
  private long bytes;

  /** Holds at most this many bytes. */
  Outbox(long most, Meters meters) {
    this.most = most;
    this.meters = meters;
  }

  /**
   * Adds a frame.
   *
   * @param question what waits for the frame's answer; null without one. It fails if there is no
   *     room, as certainly not asked.
   */
  Added add(byte[] frame, @Nullable Question question) {
    int size = FrameReader.size(frame);
    synchronized (this) {
      if (bytes + size <= most) {
        items.add(new Item(frame, question));
        bytes += size;
        return items.size() == 1 ? Added.FIRST : Added.BEHIND;
      }
    }
    meters.count(CounterName.LINK_DROPPED_FULL);
    if (question != null) {
      question.notAsked("too much waits for node " + question.node());
    }
    return Added.REFUSED;
  }

  /**
   * Takes as many frames as fit into a number of bytes, or one larger one; their questions count as
   * asked from now on. On the link's context.
   *
   * @return null if there is nothing
   */
  @Nullable Buffer take(int atMost) {
    Buffer taken = null;
    synchronized (this) {
      for (Item next = items.peek(); next != null; next = items.peek()) {
        int size = FrameReader.size(next.frame);
        if (taken == null) {
          taken = Buffer.buffer((int) Math.max(size, Math.min(atMost, bytes)));
        } else if (taken.length() + size > atMost) {
          break;
        }
        items.remove();
        bytes -= size;
        FrameReader.append(taken, next.frame);
        if (next.question != null) {
          next.question.asked();
        }
      }
    }
    return taken;
  }

  /** Drops everything: the questions have certainly not been asked. */
  void clear() {
    Queue<Item> dropped;
    synchronized (this) {
      dropped = items;
      items = new ArrayDeque<>();
      bytes = 0;
    }
    meters.count(CounterName.LINK_DROPPED_DOWN, dropped.size());
    dropped.forEach(
        item -> {
          if (item.question != null) {
            item.question.notAsked("node " + item.question.node() + " is not there");
          }
        });
  }

  /** Returns how many bytes wait. */
  synchronized long size() {
    return bytes;
  }

  private static final class Item {
    private final byte[] frame;
    private final @Nullable Question question;

    private Item(byte[] frame, @Nullable Question question) {
      this.frame = frame;
      this.question = question;
    }
  }
}
