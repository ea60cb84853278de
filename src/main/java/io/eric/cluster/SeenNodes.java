package io.eric.cluster;

import io.eric.cluster.link.LinkObserver;
import io.eric.cluster.state.Owner;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which processes of other nodes this node can reach. Links are up before there is a node that
 * wants to know, because the members agree over them on what the cluster is. Confined to the node's
 * loop.
 */
final class SeenNodes implements LinkObserver {

  /** What was seen last of each node that was ever reached. */
  private final Map<String, Seen> seen = new HashMap<>();

  private @Nullable LinkObserver node;

  /** What this node knows of a process of another node. */
  enum Presence {
    /** It is connected. */
    REACHED,
    /** It may live: it was not reached yet, or its connection was lost a moment ago. */
    UNKNOWN,
    /** It has ended, or is out of reach. */
    GONE
  }

  private record Seen(String life, Presence presence) {}

  /** Tells a node from now on, beginning with what is reached already. */
  void attach(LinkObserver observer) {
    node = observer;
    Map.copyOf(seen)
        .forEach(
            (other, last) -> {
              if (last.presence == Presence.REACHED) {
                observer.up(other, last.life);
              }
            });
  }

  /** Returns the other nodes that are connected. */
  Set<String> reached() {
    return seen.entrySet().stream()
        .filter(each -> each.getValue().presence == Presence.REACHED)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Returns what is known of a process of another node. */
  Presence presence(Owner process) {
    Seen last = seen.get(process.node());
    if (last == null) {
      return Presence.UNKNOWN;
    } else if (last.life.equals(process.life())) {
      return last.presence;
    }
    // A node has one process at a time; one that is not reached may have been followed by this one.
    return last.presence == Presence.REACHED ? Presence.GONE : Presence.UNKNOWN;
  }

  @Override
  public void up(String other, String life) {
    seen.put(other, new Seen(life, Presence.REACHED));
    if (node != null) {
      node.up(other, life);
    }
  }

  @Override
  public void down(String other) {
    seen.computeIfPresent(other, (name, last) -> new Seen(last.life, Presence.UNKNOWN));
    if (node != null) {
      node.down(other);
    }
  }

  @Override
  public void gone(String other, String life) {
    Seen last = seen.get(other);
    if (last != null && last.life.equals(life)) {
      seen.put(other, new Seen(life, Presence.GONE));
    }
    if (node != null) {
      node.gone(other, life);
    }
  }
}
