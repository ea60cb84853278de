package io.eric.channel.internal.overflow;

import io.eric.channel.internal.readers.Listener;
import io.eric.log.MessageLog;
import io.eric.options.RetentionOptions;

/**
 * Makes publishers wait while a connected listener has used more than half of the limit and
 * advances. A listener that has stood still for {@code waitStall} is treated as under {@code gap}.
 */
final class WaitOverflow extends Overflow {

  /** Stands for no limit: acknowledgements are held back for as long as a reader advances. */
  private static final long UNLIMITED_MS = Long.MAX_VALUE / 2;

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
    MessageLog.Usage used = channel.log().usage();
    RetentionOptions retention = channel.retention();
    if (used.messages() <= retention.limitMessages() / 2
        && used.bytes() <= retention.limitBytes() / 2) {
      return false;
    }
    for (Listener listener : channel.listeners().all()) {
      if (advances(listener, now) && shareOf(listener) > 0.5) {
        return true;
      }
    }
    return false;
  }

  private boolean anAdvancingReaderIsBehind(long now) {
    for (Listener listener : channel.listeners().all()) {
      if (advances(listener, now) && shareOf(listener) > 0) {
        return true;
      }
    }
    return false;
  }

  /** Lets the log grow only as far as no advancing reader loses a message. */
  @Override
  public int room(int wanted, long bytes) {
    if (channel.budget().isExceeded()) {
      channel.fanout().flush();
      if (anAdvancingReaderIsBehind(channel.clock().getAsLong())) {
        return 0;
      }
    }
    MessageLog.Usage used = channel.log().usage();
    RetentionOptions retention = channel.retention();
    if (used.messages() + wanted <= retention.limitMessages()
        && used.bytes() + bytes <= retention.limitBytes()) {
      return wanted;
    }
    channel.fanout().flush(); // wakes idle readers, so that they do not look stuck
    long now = channel.clock().getAsLong();
    double share = 0;
    for (Listener listener : channel.listeners().all()) {
      if (advances(listener, now)) {
        share = Math.max(share, shareOf(listener));
      }
    }
    double free = Math.max(0, 1 - share);
    double perMessage =
        Math.max(1.0 / retention.limitMessages(), (double) bytes / wanted / retention.limitBytes());
    return (int) Math.min(wanted, free / perMessage);
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

  /** Estimates which part of the limit is used by messages that this listener has not read. */
  private double shareOf(Listener listener) {
    MessageLog log = channel.log();
    long last = log.lastSequence();
    long cursor = listener.cursor(last);
    if (!log.hasAfter(cursor, listener.reader())) {
      return 0;
    }
    MessageLog.Usage used = log.usage();
    // The bytes are estimated from the listener's lag and the mean size of the kept messages.
    double meanSize = used.messages() == 0 ? 0 : (double) used.bytes() / used.messages();
    double lag = Math.min(last - cursor, used.messages());
    RetentionOptions retention = channel.retention();
    return Math.max(lag / retention.limitMessages(), lag * meanSize / retention.limitBytes());
  }

  private boolean advances(Listener listener, long now) {
    return listener.attachment() != null
        && now - listener.lastAdvance() < channel.options().getWaitStall();
  }
}
