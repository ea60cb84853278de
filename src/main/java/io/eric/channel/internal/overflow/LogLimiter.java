package io.eric.channel.internal.overflow;

import io.eric.channel.internal.readers.Listener;
import io.eric.channel.internal.readers.Listeners;
import io.eric.log.MessageLog;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.RetentionOptions;

/** Brings the log back under its limits, as far as the channel's overflow policy allows. */
public final class LogLimiter {

  private final Overflow overflow;
  private final RetentionOptions retention;
  private final MessageLog log;
  private final Listeners listeners;
  private final Meters meters;

  /** Creates a limiter of this channel's log. */
  public LogLimiter(Overflow overflow, OverflowSurroundings channel) {
    this.overflow = overflow;
    this.retention = channel.retention();
    this.log = channel.log();
    this.listeners = channel.listeners();
    this.meters = channel.meters();
  }

  /**
   * Drops the receiver's oldest messages while they exceed its own share of the log, after a
   * dispatch.
   */
  public void limitShareOf(Listener receiver) {
    while (log.usageOf(receiver.id).messages() > 1
        && OwnShare.isExceeded(retention, log.usageOf(receiver.id), 0, 0)
        && overflow.dropsOldestOf(receiver)) {
      log.dropOldestOf(receiver.id);
      meters.count(CounterName.DROPPED_SHARE);
    }
  }

  /** Drops the oldest messages while the log as a whole is over its limit, after appends. */
  public void limitLog() {
    while (log.isOverLimit()) {
      overflow.beforeDrop();
      log.dropOldest();
      meters.count(CounterName.DROPPED_LIMIT);
    }
  }

  /**
   * Shrinks the log because all logs of the hub together use too much, and this one uses most.
   * Messages that all listeners have read are dropped first, then those that the policy gives up.
   *
   * @param heapBytes how much of the heap the log may use afterwards
   */
  public void shrinkTo(long heapBytes) {
    long read = listeners.lookUpLowest();
    while (log.heapBytes() > heapBytes && holdsMessages() && log.firstSequence() <= read) {
      log.dropOldest();
    }
    while (log.heapBytes() > heapBytes && holdsMessages() && overflow.dropsForBudget()) {
      overflow.beforeDrop();
      log.dropOldest();
      meters.count(CounterName.DROPPED_BUDGET);
    }
  }

  private boolean holdsMessages() {
    return log.usage().messages() > 0;
  }
}
