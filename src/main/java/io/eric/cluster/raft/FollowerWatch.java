package io.eric.cluster.raft;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Notices on a leader that a follower is not fed any more. The part of Ratis that feeds a follower
 * may end for good (RATIS-2499), and then the follower stays behind for ever while all else goes
 * on. A new election makes new ones.
 *
 * <p>A follower that is down, that answers nothing, or that waits for a snapshot is none of this
 * watch's business: an election would help none of them. Confined to the thread that checks.
 */
final class FollowerWatch {

  /** For how long a follower may stand still although it answers, in milliseconds. */
  static final long STILL_MS = 10_000;

  /** From one intervention to the next, in milliseconds. */
  static final long PAUSE_MS = 60_000;

  private final Leader leader;
  private final Map<String, Seen> seen = new HashMap<>();
  private long notBefore = Long.MIN_VALUE;

  /** The replica that is watched. */
  interface Leader {

    /** Returns whether this replica leads. */
    boolean leads();

    /** Returns the index of the last entry that is committed. */
    long committed();

    /** Returns how the followers stand. */
    List<Progress> followers();

    /** Gives the leadership up, so that followers are fed anew, by whoever leads next. */
    void giveUp(String reason);
  }

  /**
   * How a follower stands.
   *
   * @param node its name
   * @param matched the index up to which it has what the leader has
   * @param silentMs how long ago it answered last, in milliseconds
   * @param fed whether the part that feeds it is at work
   * @param needsSnapshot whether it lacks entries that the leader has no more
   */
  record Progress(String node, long matched, long silentMs, boolean fed, boolean needsSnapshot) {}

  /** What was seen of a follower when it last moved, or had to be given time again. */
  private record Seen(boolean fed, long matched, long committed, long atMs) {}

  FollowerWatch(Leader leader) {
    this.leader = leader;
  }

  /**
   * Looks at the followers, which should happen about once a second.
   *
   * @param nowMs the time from any origin, in milliseconds
   */
  void check(long nowMs) {
    if (!leader.leads()) {
      seen.clear();
      return;
    }
    long committed = leader.committed();
    Set<String> present = new HashSet<>();
    for (Progress follower : leader.followers()) {
      present.add(follower.node());
      if (isAbandoned(follower, committed, nowMs) && nowMs >= notBefore) {
        notBefore = nowMs + PAUSE_MS;
        seen.clear();
        leader.giveUp(
            "node "
                + follower.node()
                + " is not fed any more, it has stopped at entry "
                + follower.matched()
                + " of "
                + committed);
        return;
      }
    }
    seen.keySet().retainAll(present);
  }

  private boolean isAbandoned(Progress follower, long committed, long nowMs) {
    Seen before = seen.get(follower.node());
    if (!follower.fed() && before != null && !before.fed()) {
      return true; // once is not enough, because feeding begins a moment after a leadership does
    }
    if (before == null
        || before.fed() != follower.fed()
        || before.matched() != follower.matched()
        || follower.matched() >= committed
        || follower.needsSnapshot()
        || follower.silentMs() >= STILL_MS) {
      seen.put(follower.node(), new Seen(follower.fed(), follower.matched(), committed, nowMs));
      return false;
    }
    return committed > before.committed() && nowMs - before.atMs() >= STILL_MS;
  }
}
