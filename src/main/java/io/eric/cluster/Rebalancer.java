package io.eric.cluster;

import io.eric.cluster.owner.GroupOwner.State;
import io.eric.cluster.owner.GroupReplica.Follower;
import io.eric.internal.Loop;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Spreads the groups over the nodes: each group prefers a node, and goes there when that node has
 * been up for a while and has caught up. A node that drains gives its groups away at once.
 *
 * <p>Confined to the node's loop.
 */
final class Rebalancer {

  /** How many entries a node may lack that takes a group over. */
  private static final long MAX_BEHIND = 1_000;

  /** How long ago a node that takes a group over may have answered last, in milliseconds. */
  private static final long MAX_SILENT_MS = 1_000;

  private final String me;
  private final List<String> members;
  private final List<LocalGroup> groups;
  private final Loop loop;
  private final long delayMs;
  private final Supplier<Set<String>> reached;
  private final Set<String> leaving = new HashSet<>();

  /** The groups that an operator has given to this node, until nodes come or go. */
  private final Set<Integer> held = new HashSet<>();

  private long changedAt;
  private boolean draining;
  private boolean moving;

  /**
   * Creates the rebalancer of a node.
   *
   * @param members all nodes, in an order that is the same everywhere
   * @param reached the other nodes that can be reached
   * @param delayMs how long the nodes must be unchanged, and the group be owned, before it moves; 0
   *     for never
   */
  Rebalancer(
      String me,
      List<String> members,
      List<LocalGroup> groups,
      Supplier<Set<String>> reached,
      Loop loop,
      long delayMs) {
    this.me = me;
    this.reached = reached;
    this.members = List.copyOf(members);
    this.groups = groups;
    this.loop = loop;
    this.delayMs = delayMs;
    this.changedAt = loop.nanoTime();
  }

  /** A node can be reached. */
  void up(String node) {
    leaving.remove(node); // it has started again
    changed();
  }

  /** A node cannot be reached any more. */
  void down() {
    changed();
  }

  private void changed() {
    changedAt = loop.nanoTime();
    held.clear();
  }

  /** An operator gives a group to this node: it stays here until a node comes or goes. */
  void hold(int group) {
    held.add(group);
  }

  /** A node gives its groups away. */
  void leaves(String node) {
    leaving.add(node);
  }

  boolean isDraining() {
    return draining;
  }

  /** Moves a group that belongs elsewhere, one at a time. */
  void look() {
    if (moving || draining || delayMs == 0 || !isLongAgo(changedAt)) {
      return;
    }
    for (LocalGroup group : groups) {
      String wanted = preferred(group);
      boolean isHeld = held.contains(group.number());
      // A group that has just come is in use: if it came because a hand-over failed, the next one
      // would interrupt its publishers again.
      boolean isSettled =
          group.work().state() == State.OWNING && isLongAgo(group.work().ownsSince());
      if (!isHeld && isSettled && wanted != null && !wanted.equals(me)) {
        moving = true;
        group.work().handOver(wanted).onComplete(done -> moving = false);
        return;
      }
    }
  }

  private boolean isLongAgo(long since) {
    return loop.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(delayMs);
  }

  /**
   * Gives all groups away that another node can take.
   *
   * @return completes when that is done; does not fail
   */
  Future<Void> drain() {
    draining = true;
    List<Future<Void>> moved = new ArrayList<>();
    for (LocalGroup group : groups) {
      String wanted = preferred(group);
      if (wanted != null && !wanted.equals(me)) {
        moved.add(group.work().handOver(wanted));
      }
    }
    return Future.join(moved).<Void>mapEmpty().otherwiseEmpty();
  }

  /**
   * Returns the node that is to own a group: the first one of the members that can, counted from
   * the place of the group's number. Without another one it is this node.
   */
  private @Nullable String preferred(LocalGroup group) {
    for (int i = 0; i < members.size(); i++) {
      String node = members.get((group.number() + i) % members.size());
      if (node.equals(me) ? !draining : canTake(node, group)) {
        return node;
      }
    }
    return null;
  }

  private boolean canTake(String node, LocalGroup group) {
    return objection(node, group) == null;
  }

  /** Returns why another node cannot take over a group that this one leads; null if it can. */
  @Nullable String objection(String node, LocalGroup group) {
    if (!reached.get().contains(node)) {
      return "node " + node + " is not reached";
    } else if (leaving.contains(node)) {
      return "node " + node + " is about to end";
    }
    for (Follower each : group.replica().status().followers()) {
      if (each.node().equals(node) && each.behind() > MAX_BEHIND) {
        return "node "
            + node
            + " lacks "
            + each.behind()
            + " entries of group "
            + group.number()
            + ", at most "
            + MAX_BEHIND
            + " are allowed";
      } else if (each.node().equals(node) && each.silentMs() > MAX_SILENT_MS) {
        return "node "
            + node
            + " has not answered for "
            + each.silentMs()
            + " ms, at most "
            + MAX_SILENT_MS
            + " ms are allowed";
      } else if (each.node().equals(node)) {
        return null;
      }
    }
    return "node " + node + " has no replica of group " + group.number();
  }
}
