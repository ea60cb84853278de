package io.eric.edge;

import io.eric.bus.HealthSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels that have not confirmed an edge's streams for so long that nobody knows whether
 * these lack messages. Noted on the edge's context, asked from any thread.
 */
final class UnconfirmedChannels implements HealthSource {

  private static final Logger logger = LoggerFactory.getLogger(UnconfirmedChannels.class);

  private static final int MAX_NAMES = 10;

  /**
   * A node that dies or freezes is replaced in this time where a cluster has its default settings:
   * however short the interval is, the nodes that are well meanwhile do not call themselves ill.
   */
  private static final long LEAST_MS = 10_000;

  private final long patienceMs;
  private volatile List<String> troubles = List.of();
  private Set<String> known = Set.of();

  /** None yet, of streams that are confirmed this often. */
  UnconfirmedChannels(long confirmIntervalMs) {
    this.patienceMs = Math.max(2 * confirmIntervalMs, LEAST_MS);
  }

  /** Looks at all channels that the edge has streams of. */
  void look(Collection<ChannelStreams> channels) {
    Set<String> now = new HashSet<>();
    List<String> names = new ArrayList<>();
    for (ChannelStreams channel : channels) {
      if (channel.book.unconfirmedForMs() >= patienceMs) {
        now.add(channel.id);
        if (names.size() < MAX_NAMES) {
          names.add(channel.id);
        }
      }
    }
    if (now.isEmpty()) {
      troubles = List.of();
    } else {
      int more = now.size() - names.size();
      String others = more == 0 ? "" : " and " + more + " more";
      troubles =
          List.of("channels do not confirm their streams: " + String.join(", ", names) + others);
    }
    log(now);
  }

  private void log(Set<String> now) {
    if (now.equals(known)) {
      return;
    }
    long added = now.stream().filter(id -> !known.contains(id)).count();
    if (added > 0) {
      logger.warn("{}; {} of them for the first time in {} ms", troubles.get(0), added, patienceMs);
    } else if (now.isEmpty()) {
      logger.info("all channels confirm their streams again");
    }
    known = now;
  }

  @Override
  public List<String> troubles() {
    return troubles;
  }
}
