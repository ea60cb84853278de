package io.eric.edge;

import io.eric.bus.HealthSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The channels that have not confirmed an edge's streams for so long that nobody knows whether
 * these lack messages. Noted on the edge's context, asked from any thread.
 */
final class UnconfirmedChannels implements HealthSource {

  private static final int MAX_NAMES = 10;

  private volatile List<String> troubles = List.of();

  /** Looks at all channels that the edge has streams of. */
  void look(Collection<ChannelStreams> channels) {
    List<String> names = new ArrayList<>();
    int more = 0;
    for (ChannelStreams channel : channels) {
      if (channel.book.isUnconfirmed()) {
        if (names.size() < MAX_NAMES) {
          names.add(channel.id);
        } else {
          more++;
        }
      }
    }
    if (names.isEmpty()) {
      troubles = List.of();
    } else {
      String others = more == 0 ? "" : " and " + more + " more";
      troubles =
          List.of("channels do not confirm their streams: " + String.join(", ", names) + others);
    }
  }

  @Override
  public List<String> troubles() {
    return troubles;
  }
}
