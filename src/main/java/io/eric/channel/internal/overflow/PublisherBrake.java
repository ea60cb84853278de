package io.eric.channel.internal.overflow;

import io.eric.channel.internal.readers.EdgeSession;
import io.eric.channel.internal.readers.EdgeSessions;
import io.eric.channel.internal.readers.Fanout;
import io.eric.channel.internal.readers.Listener;
import io.eric.channel.internal.readers.Listeners;
import io.eric.log.MessageLog;
import io.eric.options.ChannelOptions;
import io.eric.options.OverflowPolicy;
import io.eric.options.RetentionOptions;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Whether publishers have to be slowed down: for an edge that is behind, or under policy wait. */
public final class PublisherBrake implements BooleanSupplier {

  private final ChannelOptions<?> options;
  private final RetentionOptions retention;
  private final MessageLog log;
  private final Listeners listeners;
  private final EdgeSessions edges;
  private final Fanout fanout;
  private final LogBudget budget;
  private final LongSupplier clock;

  public PublisherBrake(
      ChannelOptions<?> options,
      MessageLog log,
      Listeners listeners,
      EdgeSessions edges,
      Fanout fanout,
      LogBudget budget,
      LongSupplier clock) {
    this.options = options;
    this.retention = options.retention();
    this.log = log;
    this.listeners = listeners;
    this.edges = edges;
    this.fanout = fanout;
    this.budget = budget;
    this.clock = clock;
  }

  @Override
  public boolean getAsBoolean() {
    long now = clock.getAsLong();
    for (EdgeSession edge : edges.all()) {
      if (edge.holdsPublishers(
          options.getWindowMessages(), options.getWindowBytes(), options.getPublishStall(), now)) {
        return true;
      }
    }
    return options.getOverflow() == OverflowPolicy.WAIT && aReaderNeedsTime(now);
  }

  /** Whether a connected listener that advances has used more than half of the limit. */
  private boolean aReaderNeedsTime(long now) {
    if (budget.isExceeded() && anAdvancingReaderIsBehind(now)) {
      return true;
    }
    MessageLog.Usage used = log.usage();
    if (used.messages() <= retention.limitMessages() / 2
        && used.bytes() <= retention.limitBytes() / 2) {
      return false;
    }
    for (Listener listener : listeners.all()) {
      if (advances(listener, now) && shareOf(listener) > 0.5) {
        return true;
      }
    }
    return false;
  }

  private boolean anAdvancingReaderIsBehind(long now) {
    for (Listener listener : listeners.all()) {
      if (advances(listener, now) && shareOf(listener) > 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether a connected listener that advances has not read the oldest message yet. */
  boolean oldestIsNeeded() {
    long now = clock.getAsLong();
    for (Listener listener : listeners.all()) {
      if (advances(listener, now)
          && log.oldestIsUnreadBy(listener.id, listener.cursor(log.lastSequence()))) {
        return true;
      }
    }
    return false;
  }

  /** Whether messages may be dropped only if this listener does not mind: it is on its way. */
  boolean needsTime(Listener listener) {
    return advances(listener, clock.getAsLong());
  }

  /**
   * How many messages more an advancing reader leaves room for under policy wait, at least 0; the
   * log may grow by so many without that anybody who advances loses one.
   *
   * @param bytes how large they are, each
   */
  public int room(int wanted, long bytes) {
    if (budget.isExceeded()) {
      fanout.flush();
      if (anAdvancingReaderIsBehind(clock.getAsLong())) {
        return 0;
      }
    }
    MessageLog.Usage used = log.usage();
    if (used.messages() + wanted <= retention.limitMessages()
        && used.bytes() + bytes <= retention.limitBytes()) {
      return wanted;
    }
    fanout.flush(); // who was idle is woken, so that it does not look stuck
    long now = clock.getAsLong();
    double share = 0;
    for (Listener listener : listeners.all()) {
      if (advances(listener, now)) {
        share = Math.max(share, shareOf(listener));
      }
    }
    double free = Math.max(0, 1 - share);
    double perMessage =
        Math.max(1.0 / retention.limitMessages(), (double) bytes / wanted / retention.limitBytes());
    return (int) Math.min(wanted, free / perMessage);
  }

  /** What part of the limit holds messages that this listener has not read, as far as known. */
  private double shareOf(Listener listener) {
    long last = log.lastSequence();
    long cursor = listener.cursor(last);
    if (!log.hasAfter(cursor, listener.reader())) {
      return 0;
    }
    MessageLog.Usage used = log.usage();
    // What it has used in bytes follows from its lag and the mean size of what is kept.
    double meanSize = used.messages() == 0 ? 0 : (double) used.bytes() / used.messages();
    double lag = Math.min(last - cursor, used.messages());
    return Math.max(lag / retention.limitMessages(), lag * meanSize / retention.limitBytes());
  }

  private boolean advances(Listener listener, long now) {
    return listener.attachment() != null && now - listener.lastAdvance() < options.getWaitStall();
  }
}
