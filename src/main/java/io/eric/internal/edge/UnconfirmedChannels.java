package io.eric.internal.edge;

import io.eric.InvalidChannelException;
import io.eric.internal.Loop;
import io.eric.metrics.HealthSource;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the channels that have failed to confirm an edge's streams for so long that these streams
 * may lack messages. The streams themselves end meanwhile, and their clients come back, here or
 * elsewhere. A channel is reported until it confirms a stream, or until its owner proves that it is
 * the owner, of which a channel without streams here is asked; at the latest until none of its
 * streams has waited that long for a while. Updated on the edge's loop, asked from any thread.
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
   * after a few seconds, and finds the channel as it was, is unconfirmed again by then. Whoever
   * needs a channel that has no owner for longer is refused, which says more than this report.
   */
  private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(15);

  /**
   * How often channels without streams here are asked, and how many at a time: 400 in a second cost
   * a loop less than a hundredth of its time.
   */
  private static final long PAUSE_MS = 250;

  private static final int MOST_AT_A_TIME = 100;

  private final Loop loop;
  private final Owners owners;
  private final long patienceMs;
  private volatile List<String> troubles = List.of();

  /** The reported channels, the one that was asked last at the end. */
  private final Map<String, Reported> channels = new LinkedHashMap<>();

  /** Runs as long as channels are reported; null otherwise. */
  private Loop.@Nullable Timer asking;

  /** The owners of channels, wherever they are. */
  @FunctionalInterface
  interface Owners {

    /**
     * Asks a channel's owner to prove that it is the owner.
     *
     * @return fails if it cannot, or if there is none, or no such channel
     */
    Future<?> prove(String channel);
  }

  /** A channel that is reported. */
  private static final class Reported {

    /** When it last had streams here that it had not confirmed for the patience. */
    private long seenAt;

    private boolean hasStreams = true;
    private boolean isAsked;
  }

  /**
   * Reports no channel yet.
   *
   * @param loop the edge's loop
   * @param confirmIntervalMs how often channels confirm streams, in milliseconds
   */
  UnconfirmedChannels(Loop loop, Owners owners, long confirmIntervalMs) {
    this.loop = loop;
    this.owners = owners;
    this.patienceMs = Math.max(2 * confirmIntervalMs, LEAST_MS);
  }

  /** Checks all channels of which the edge has streams. */
  void look(Map<String, ChannelStreams> open) {
    long now = loop.nanoTime();
    int before = channels.size();
    int added = 0;
    for (ChannelStreams channel : open.values()) {
      if (channel.book.isConfirmed()) {
        channels.remove(channel.id);
      } else if (channel.book.unconfirmedForMs() >= patienceMs) {
        Reported known = channels.get(channel.id);
        if (known == null) {
          known = new Reported();
          channels.put(channel.id, known);
          added++;
        }
        known.seenAt = now;
        known.hasStreams = true;
      }
    }
    if (added > 0 || before != channels.size()) {
      tell();
    }
    if (added > 0) {
      logger.warn("{}", shown());
    }
  }

  /** Asks a channel from now on: its last stream here has ended. */
  void left(String channel) {
    Reported reported = channels.get(channel);
    if (reported != null) {
      reported.hasStreams = false;
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

  /** Asks no channel any more, and reports none. */
  void close() {
    channels.clear();
    tell();
  }

  /** Returns how many channels are reported. */
  int count() {
    return channels.size();
  }

  private void ask() {
    long now = loop.nanoTime();
    if (channels.values().removeIf(each -> now - each.seenAt > REMEMBERED_NANOS)) {
      tell();
    }
    List<Map.Entry<String, Reported>> next =
        channels.entrySet().stream()
            .filter(each -> !each.getValue().hasStreams && !each.getValue().isAsked)
            .limit(MOST_AT_A_TIME)
            .map(each -> Map.entry(each.getKey(), each.getValue()))
            .toList();
    next.forEach(each -> ask(each.getKey(), each.getValue()));
  }

  private void ask(String channel, Reported reported) {
    reported.isAsked = true;
    channels.remove(channel);
    channels.put(channel, reported);
    owners
        .prove(channel)
        .onComplete(
            proof -> {
              reported.isAsked = false;
              boolean isWell =
                  proof.succeeded() || proof.cause() instanceof InvalidChannelException;
              if (isWell && !reported.hasStreams && channels.get(channel) == reported) {
                forget(channel);
              }
            });
  }

  private void tell() {
    troubles = channels.isEmpty() ? List.of() : List.of(shown());
    Loop.Timer timer = asking;
    if (!channels.isEmpty() && timer == null) {
      asking = loop.every(PAUSE_MS, this::ask);
    } else if (channels.isEmpty() && timer != null) {
      asking = null;
      timer.cancel();
      logger.info("no channel is known any more that does not confirm its streams");
    }
  }

  private String shown() {
    return HealthSource.trouble("channels do not confirm their streams", channels.keySet());
  }

  @Override
  public List<String> troubles() {
    return troubles;
  }
}
