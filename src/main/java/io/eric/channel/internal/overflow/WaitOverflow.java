package io.eric.channel.internal.overflow;

import io.eric.channel.internal.readers.Listener;
import io.eric.log.MessageLog;
import io.eric.options.RetentionOptions;
import java.util.List;

/**
 * Makes publishers wait while a connected listener has used more than half of the limit and
 * advances. A listener that has stood still for {@code waitStall} is treated as under {@code gap}.
 */
final class WaitOverflow extends Overflow {

  /** Stands for no limit: acknowledgements are held back for as long as a reader advances. */
  private static final long UNLIMITED_MS = Long.MAX_VALUE / 2;

  /** The size of the message that has no room now and goes into the log next; 0 if none waits. */
  private long next;

  WaitOverflow(OverflowSurroundings channel) {
    super(channel);
  }

  @Override
  public boolean waitsForReaders() {
    return true;
  }

  @Override
  public long longestHoldMs() {
    return UNLIMITED_MS;
  }

  @Override
  boolean aReaderNeedsTime() {
    long now = channel.clock().getAsLong();
    if (channel.budget().isExceeded() && anAdvancingReaderIsBehind(now)) {
      return true;
    }
    if (next > 0 && !hasRoomForNext(now)) {
      return true; // a large message may have no room although no reader lags far
    }
    return isMoreThanHalf(channel.log().usage()) && isMoreThanHalf(unread(now));
  }

  private boolean isMoreThanHalf(MessageLog.Usage part) {
    RetentionOptions retention = channel.retention();
    return part.messages() > retention.limitMessages() / 2
        || part.bytes() > retention.limitBytes() / 2;
  }

  private boolean anAdvancingReaderIsBehind(long now) {
    return unread(now).messages() > 0;
  }

  private boolean hasRoomForNext(long now) {
    MessageLog.Usage unread = unread(now);
    return unread.messages() < channel.retention().limitMessages()
        && unread.bytes() + next <= channel.retention().limitBytes();
  }

  /**
   * Lets the log grow only as far as no advancing reader loses a message. When such readers have
   * read everything, there is room for any message, because none is larger than the limit.
   */
  @Override
  public int room(List<? extends QueuedMessage> queue, long bytes) {
    next = 0;
    if (channel.budget().isExceeded()) {
      channel.fanout().flush();
      if (anAdvancingReaderIsBehind(channel.clock().getAsLong())) {
        return 0;
      }
    }
    MessageLog.Usage used = channel.log().usage();
    RetentionOptions retention = channel.retention();
    if (used.messages() + queue.size() <= retention.limitMessages()
        && used.bytes() + bytes <= retention.limitBytes()) {
      return queue.size();
    }
    channel.fanout().flush(); // wakes idle readers, so that they do not look stuck
    MessageLog.Usage unread = unread(channel.clock().getAsLong());
    int room =
        fitting(
            queue,
            retention.limitMessages() - unread.messages(),
            retention.limitBytes() - unread.bytes());
    if (room == 0) {
      next = queue.get(0).size();
    }
    return room;
  }

  /** Returns how many messages at the head of the queue are within these bounds together. */
  private static int fitting(List<? extends QueuedMessage> queue, long messages, long bytes) {
    int most = (int) Math.max(0, Math.min(queue.size(), messages));
    long left = bytes;
    for (int i = 0; i < most; i++) {
      left -= queue.get(i).size();
      if (left < 0) {
        return i;
      }
    }
    return most;
  }

  /** Returns how much of the log the slowest of the advancing readers has not read. */
  private MessageLog.Usage unread(long now) {
    MessageLog log = channel.log();
    long last = log.lastSequence();
    long lowest = last;
    for (Listener listener : channel.listeners().all()) {
      if (advances(listener, now)) {
        long cursor = listener.cursor(last);
        if (cursor < lowest && log.hasAfter(cursor, listener.reader())) {
          lowest = cursor;
        }
      }
    }
    return lowest == last ? MessageLog.Usage.NONE : log.usageAfter(lowest);
  }

  /** Drops nothing of a listener that advances, because publishers wait for it. */
  @Override
  boolean dropsOldestOf(Listener receiver) {
    return !advances(receiver, channel.clock().getAsLong());
  }

  /**
   * Drops nothing while an advancing listener has not read the oldest message, because publishers
   * are held back instead.
   */
  @Override
  boolean dropsForBudget() {
    MessageLog log = channel.log();
    long now = channel.clock().getAsLong();
    for (Listener listener : channel.listeners().all()) {
      if (advances(listener, now)
          && log.oldestIsUnreadBy(listener.id, listener.cursor(log.lastSequence()))) {
        return false;
      }
    }
    return true;
  }

  private boolean advances(Listener listener, long now) {
    return listener.attachment() != null
        && now - listener.lastAdvance() < channel.options().getWaitStall();
  }
}
