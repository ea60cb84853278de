package io.eric.cluster;

import io.eric.internal.Loop;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Takes over what a node leads as soon as its process has ended. Raft alone would wait until the
 * leader has been silent for an election time-out, because silence is all that it can hear; but
 * where a process has ended, the operating system refuses connections to its port.
 *
 * <p>Only the first node after the one that has ended stands for election, because two at a time
 * would take the votes from each other. If it has ended too, or lacks what others have, the others
 * stand when their time-out is over. Confined to the node's loop.
 */
final class Succession {

  /**
   * From one look at a port to the next one, in milliseconds. An operating system that ends a
   * process closes its connections and its port one after the other.
   */
  static final long PAUSE_MS = 25;

  /** How often a port is looked at: for as long as the shortest election time-out. */
  static final int LOOKS = 20;

  private final String me;
  private final List<String> members;
  private final Function<String, Future<Boolean>> hasEnded;
  private final Groups groups;
  private final Supplier<Set<String>> reached;
  private final Loop loop;

  /** The groups of a node. */
  interface Groups {

    /** Stands for election in all groups that a node leads, whose process has ended. */
    void succeed(String node);
  }

  /**
   * Creates the succession of a node.
   *
   * @param members all nodes, in an order that is the same everywhere
   * @param hasEnded tells of a node whether its port refuses connections
   * @param reached the other nodes that can be reached
   */
  Succession(
      String me,
      List<String> members,
      Function<String, Future<Boolean>> hasEnded,
      Groups groups,
      Supplier<Set<String>> reached,
      Loop loop) {
    this.me = me;
    this.members = List.copyOf(members);
    this.hasEnded = hasEnded;
    this.groups = groups;
    this.reached = reached;
    this.loop = loop;
  }

  /** The connection to a node is lost. */
  void down(String node) {
    if (isNext(node)) {
      look(node, LOOKS);
    }
  }

  private void look(String node, int looks) {
    hasEnded
        .apply(node)
        .otherwise(false)
        .onSuccess(
            ended -> {
              if (reached.get().contains(node)) {
                return; // it has come back
              }
              if (ended) {
                groups.succeed(node);
              } else if (looks > 1) {
                loop.after(PAUSE_MS, () -> look(node, looks - 1));
              }
            });
  }

  /** Returns whether this node is the first one after another, of those that can be reached. */
  private boolean isNext(String node) {
    int place = members.indexOf(node);
    if (place < 0) {
      return false; // it is no member any more
    }
    for (int i = 1; i < members.size(); i++) {
      String next = members.get((place + i) % members.size());
      if (next.equals(me)) {
        return true;
      } else if (reached.get().contains(next)) {
        return false;
      }
    }
    return false;
  }
}
