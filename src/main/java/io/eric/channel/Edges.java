package io.eric.channel;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The edges that have streams on this channel. */
final class Edges {

  private final Map<String, EdgeSession> byAddress = new LinkedHashMap<>();

  Collection<EdgeSession> all() {
    return byAddress.values();
  }

  @Nullable EdgeSession find(String address) {
    return byAddress.get(address);
  }

  /** The edge's session, a new one if it has no streams here yet. */
  EdgeSession open(String address, long lastSequence, long now) {
    return byAddress.computeIfAbsent(address, a -> new EdgeSession(a, lastSequence, now));
  }

  /** Forgets the edge if it has no streams left. */
  void closeIfUnused(EdgeSession edge) {
    if (edge.streams.isEmpty()) {
      byAddress.remove(edge.address, edge);
    }
  }
}
