package io.eric.channel;

import io.eric.log.MessageLog;
import io.eric.log.RetentionOptions;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Whether publishers have to be slowed down: for an edge that is behind, or under policy wait. */
final class Pace implements BooleanSupplier {

  private final ChannelOptions<?> options;
  private final RetentionOptions retention;
  private final MessageLog log;
  private final Listeners listeners;
  private final Edges edges;
  private final LongSupplier clock;

  Pace(
      ChannelOptions<?> options,
      MessageLog log,
      Listeners listeners,
      Edges edges,
      LongSupplier clock) {
    this.options = options;
    this.retention = options.retention();
    this.log = log;
    this.listeners = listeners;
    this.edges = edges;
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
    MessageLog.Usage used = log.usage();
    long half = retention.limitMessages() / 2;
    if (used.messages() <= half && used.bytes() <= retention.limitBytes() / 2) {
      return false;
    }
    // What a reader has used in bytes follows from its lag and the mean size of what is kept.
    double meanSize = used.messages() == 0 ? 0 : (double) used.bytes() / used.messages();
    long last = log.lastSequence();
    for (Listener listener : listeners.all()) {
      if (listener.attachment == null || now - listener.lastAdvance >= options.getPublishStall()) {
        continue;
      }
      long lag = last - listener.cursor(last);
      if (lag > half || lag * meanSize > retention.limitBytes() / 2.0) {
        return true;
      }
    }
    return false;
  }
}
