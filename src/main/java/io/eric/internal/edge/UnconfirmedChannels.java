package io.eric.internal.edge;

import io.eric.metrics.HealthSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the channels that have failed to confirm an edge's streams for so long that these streams
 * may lack messages. The streams themselves end meanwhile, and their clients come back. A channel
 * is reported until it confirms a stream, or until none of its streams has waited that long for a
 * while. Updated on the edge's context, asked from any thread.
 */
final class UnconfirmedChannels implements HealthSource {

  private static final Logger logger = LoggerFactory.getLogger(UnconfirmedChannels.class);

  /**
   * The shortest patience. With a cluster's default settings a node that dies or freezes is
   * replaced within this time, so that healthy nodes do not report trouble meanwhile, however short
   * the confirm interval is.
   */
  private static final long LEAST_MS = 6_000;

  /**
   * How long a channel is reported after its last unconfirmed stream. A client that comes back
   * after a few seconds, and finds the channel as it was, is unconfirmed again by then. In a
   * cluster its clients may have gone to another node for good, and this one would be in trouble
   * for nothing.
   */
  private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final LongSupplier nanoTime;
  private final long patienceMs;
  private volatile List<String> troubles = List.of();

  /** When {@link #look} was last called. It is not called while the edge has no streams. */
  private volatile long lookedAt;

  /**
   * The reported channels, and when each last had streams that it had not confirmed for that long.
   */
  private final Map<String, Long> channels = new LinkedHashMap<>();

  /**
   * Reports no channel yet.
   *
   * @param nanoTime may be called from any thread
   * @param confirmIntervalMs how often channels confirm streams, in milliseconds
   */
  UnconfirmedChannels(LongSupplier nanoTime, long confirmIntervalMs) {
    this.nanoTime = nanoTime;
    this.patienceMs = Math.max(2 * confirmIntervalMs, LEAST_MS);
  }

  /** Checks all channels of which the edge has streams. */
  void look(Map<String, ChannelStreams> open) {
    long now = nanoTime.getAsLong();
    int before = channels.size();
    channels.values().removeIf(lastSeen -> now - lastSeen > REMEMBERED_NANOS);
    int added = 0;
    for (ChannelStreams channel : open.values()) {
      if (channel.book.isConfirmed()) {
        channels.remove(channel.id);
      } else if (channel.book.unconfirmedForMs() >= patienceMs) {
        added += channels.put(channel.id, now) == null ? 1 : 0;
      }
    }
    lookedAt = now;
    if (added > 0 || before != channels.size()) {
      tell();
    }
    if (added > 0) {
      logger.warn("{}", shown());
    }
  }

  /**
   * Stops reporting a channel: it has confirmed its streams, which may be gone at the next look, or
   * has ended the last of them, or does not exist any more.
   */
  void forget(String channel) {
    if (channels.remove(channel) != null) {
      tell();
    }
  }

  /** Returns how many channels are reported. */
  int count() {
    return nanoTime.getAsLong() - lookedAt > REMEMBERED_NANOS ? 0 : channels.size();
  }

  private void tell() {
    troubles = channels.isEmpty() ? List.of() : List.of(shown());
    if (channels.isEmpty()) {
      logger.info("all channels confirm their streams again, or have none any more");
    }
  }

  private String shown() {
    return HealthSource.trouble("channels do not confirm their streams", channels.keySet());
  }

  @Override
  public List<String> troubles() {
    return nanoTime.getAsLong() - lookedAt > REMEMBERED_NANOS ? List.of() : troubles;
  }
}
