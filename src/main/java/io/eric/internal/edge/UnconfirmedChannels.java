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
 * The channels that have not confirmed an edge's streams for so long that nobody knows whether
 * these lack messages. One is named until it confirms a stream, or has kept none waiting for so
 * long in a while: the streams themselves end meanwhile, and their clients come back. Noted on the
 * edge's context, asked from any thread.
 */
final class UnconfirmedChannels implements HealthSource {

  private static final Logger logger = LoggerFactory.getLogger(UnconfirmedChannels.class);

  /**
   * A node that dies or freezes is replaced in this time where a cluster has its default settings:
   * however short the interval is, the nodes that are well meanwhile do not call themselves ill.
   */
  private static final long LEAST_MS = 6_000;

  /** Clients that want to come back have done so by then. */
  private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final LongSupplier nanoTime;
  private final long patienceMs;
  private volatile List<String> troubles = List.of();

  /** When {@link #look} was last called, which nobody does while there are no streams at all. */
  private volatile long lookedAt;

  /** Which they are, and when each last had streams that it had not confirmed for so long. */
  private final Map<String, Long> channels = new LinkedHashMap<>();

  /**
   * None yet, of streams that are confirmed this often.
   *
   * @param nanoTime may be asked from any thread
   */
  UnconfirmedChannels(LongSupplier nanoTime, long confirmIntervalMs) {
    this.nanoTime = nanoTime;
    this.patienceMs = Math.max(2 * confirmIntervalMs, LEAST_MS);
  }

  /** Looks at all channels that the edge has streams of. */
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
   * A channel has confirmed its streams, which may be gone at the next look, or has ended the last
   * of them, or is gone itself.
   */
  void forget(String channel) {
    if (channels.remove(channel) != null) {
      tell();
    }
  }

  /** How many they are. */
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
