package io.eric.channel.internal.overflow;

import io.eric.channel.internal.readers.EdgeSession;
import io.eric.channel.internal.readers.EdgeSessions;
import io.eric.options.ChannelOptions;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Decides whether publishers are slowed down, because an edge is behind or because the overflow
 * policy wants it.
 */
public final class PublisherBrake implements BooleanSupplier {

  private final ChannelOptions<?> options;
  private final EdgeSessions edges;
  private final Overflow overflow;
  private final LongSupplier clock;

  /**
   * Creates a brake.
   *
   * @param clock the time in milliseconds
   */
  public PublisherBrake(
      ChannelOptions<?> options, EdgeSessions edges, Overflow overflow, LongSupplier clock) {
    this.options = options;
    this.edges = edges;
    this.overflow = overflow;
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
    return overflow.aReaderNeedsTime();
  }
}
