package io.eric.channel.internal.core;

import io.eric.channel.internal.overflow.LogBudget;
import io.eric.channel.internal.overflow.LogLimiter;
import io.eric.channel.internal.readers.Listener;
import io.eric.channel.internal.readers.Listeners;
import io.eric.internal.Loop;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trims a channel's log as far as its readers and its options allow: after appends, when readers
 * have advanced, with time, and when all logs of the hub together use too much of the heap. On the
 * channel's context only.
 */
final class LogTrimming {

  private static final Logger logger = LoggerFactory.getLogger(LogTrimming.class);
  private static final long INTERVAL_MS = 1_000;

  private final String channelId;
  private final Loop loop;
  private final ChannelLife life;
  private final MessageLog log;
  private final Listeners listeners;
  private final LogLimiter limiter;
  private final LogBudget.Share share;
  private final Runnable beforeTrim;
  private final Meters meters;
  private Loop.@Nullable Timer timer;

  /**
   * Opens the log's share of the hub's budget, which {@link #close} gives back.
   *
   * @param beforeTrim is called before the log is trimmed with time, so that the cursors are up to
   *     date by then
   */
  LogTrimming(
      String channelId,
      Loop loop,
      ChannelLife life,
      MessageLog log,
      Listeners listeners,
      LogLimiter limiter,
      LogBudget budget,
      Runnable beforeTrim,
      Meters meters) {
    this.channelId = channelId;
    this.loop = loop;
    this.life = life;
    this.log = log;
    this.listeners = listeners;
    this.limiter = limiter;
    this.beforeTrim = beforeTrim;
    this.meters = meters;
    this.share = budget.open(this::trimTo);
  }

  /** Starts trimming: a reopened log may hold entries that are too old by now. */
  void start() {
    share.update(log.heapBytes());
    startTimer();
  }

  /** Stops trimming, and gives the share of the budget back. */
  void close() {
    share.close();
    cancelTimer();
  }

  /** Brings the log under its limits again after an append. */
  void appended(List<Entry> entries) {
    log.trim(listeners, now());
    if (log.isOverLimit()) {
      listeners.lookUpLowest();
      log.trim(listeners, now());
      limiter.limitLog();
    }
    for (Entry entry : entries) {
      if (entry.receiver() != null) {
        limitShareOf(entry.receiver());
      }
    }
    share.update(log.heapBytes());
    startTimer();
  }

  private void limitShareOf(String receiverId) {
    Listener receiver = listeners.find(receiverId);
    if (receiver != null) {
      limiter.limitShareOf(receiver);
    } else { // removed while the store was busy with the message
      log.forget(receiverId)
          .onFailure(
              e -> logger.warn("channel {} could not forget a removed listener", channelId, e));
    }
  }

  /** Drops what all listeners have read by now. */
  void readersAdvanced() {
    log.trim(listeners, now());
    share.update(log.heapBytes());
  }

  private void startTimer() {
    if (timer == null && !life.isEnding() && log.usage().messages() > 0) {
      timer = loop.every(INTERVAL_MS, this::trimWithTime);
    }
  }

  /**
   * Trims an idle channel too, until its log is empty, because history and time to live are limited
   * by age.
   */
  private void trimWithTime() {
    beforeTrim.run();
    listeners.lookUpLowest();
    log.trim(listeners, now());
    share.update(log.heapBytes());
    if (log.usage().messages() == 0) {
      cancelTimer();
    }
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void trimTo(long heapBytes, Runnable done) {
    loop.later(
        () -> {
          if (!life.isEnding()) {
            meters.count(CounterName.BUDGET_TRIMS);
            limiter.shrinkTo(heapBytes);
            share.update(log.heapBytes());
          }
          done.run();
        });
  }

  private long now() {
    return loop.currentTimeMillis();
  }
}
