package io.eric.cluster;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Where a channel belongs: every node gives it a number, the highest wins. All nodes that know the
 * same nodes come to the same result, and a node that comes or goes moves only its own share.
 */
final class Rendezvous {

  private Rendezvous() {}

  /** The node of a channel, null if there is none. */
  static @Nullable String place(String channel, Collection<String> nodes) {
    String best = null;
    long highest = Long.MIN_VALUE;
    for (String node : nodes) {
      long score = mix(hash(channel) ^ Long.rotateLeft(hash(node), 31));
      if (best == null || score > highest || (score == highest && node.compareTo(best) > 0)) {
        best = node;
        highest = score;
      }
    }
    return best;
  }

  /** FNV-1a. */
  private static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** The last steps of MurmurHash3: every bit depends on every other. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }
}
