package io.eric.cluster.raft;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Has connections to other nodes replaced on which nothing comes back. When a network is cut, the
 * operating system tries less and less often to send what is under way, so after a cut of 15 s it
 * may not notice for 10 more that the network is whole again. A new connection notices at once.
 *
 * <p>Confined to the thread that checks.
 */
final class SilentLinks {

  /** How long a node may be silent, in milliseconds. */
  static final long SILENT_MS = 3_000;

  /** From one replacement to the next, in milliseconds: about what one takes. */
  static final long PAUSE_MS = 5_000;

  private final Consumer<String> replace;
  private final Map<String, Long> replacedAt = new HashMap<>();

  /**
   * Creates the watch.
   *
   * @param replace replaces the connections to a peer; must not block
   */
  SilentLinks(Consumer<String> replace) {
    this.replace = replace;
  }

  /**
   * Looks at the peers, which should happen about once a second.
   *
   * @param nowMs the time from any origin, in milliseconds
   * @param silent the ids of the peers that have been silent for {@link #SILENT_MS}
   */
  void check(long nowMs, Set<String> silent) {
    replacedAt.keySet().retainAll(silent);
    for (String peer : new HashSet<>(silent)) {
      Long last = replacedAt.get(peer);
      if (last == null || nowMs - last >= PAUSE_MS) {
        replacedAt.put(peer, nowMs);
        replace.accept(peer);
      }
    }
  }
}
