package io.eric.cluster.raft;

/**
 * Measures for how long a replica has got nothing although others have committed more than it has.
 * Whatever keeps it from following, it does not know the newest channels, and its copy of the log
 * is one less. Confined to the thread that watches.
 */
final class Standstill {

  private long last = Long.MIN_VALUE;
  private long sinceMs;

  /**
   * Looks at the replica, which should happen about once a second.
   *
   * @param index the last entry that the replica has
   * @param committed the last entry that any node is known to have committed
   * @param nowMs the time from any origin, in milliseconds
   * @return for how many milliseconds it has got nothing; 0 if it lacks nothing
   */
  long check(long index, long committed, long nowMs) {
    if (index >= committed || index != last) {
      last = index;
      sinceMs = nowMs;
    }
    return nowMs - sinceMs;
  }
}
