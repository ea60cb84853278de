package io.eric.cluster.raft;

import io.eric.cluster.identity.Member;
import io.eric.cluster.identity.Membership;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a node's replicas need to know. Immutable.
 *
 * @param node this node's name, which is one of the members'
 * @param membership the cluster, its groups and all members, this node included
 * @param directory where the replicas keep their logs and snapshots; created if it is missing. The
 *     caller keeps other processes away from it
 * @param bindHost the address at which the other nodes may connect; {@code null} for all of this
 *     machine
 * @param joining whether a group without files here waits until its leader adds this node. It must
 *     be true for a node with an empty directory that comes to a cluster which exists, and false at
 *     the first start of all members. Groups with files remember what they are
 * @param fsync whether an entry counts as written only when the disk has it. Without that, a power
 *     failure of most nodes at a time loses what was acknowledged in the seconds before
 * @param electionTimeout how long a follower waits for its leader before it stands for election; it
 *     waits up to twice as long, by chance. From 100 ms to a minute
 * @param maxEntryBytes the largest entry that can be appended, from 64 KiB to 512 MiB
 * @param logCacheBytes how much of each group's log is kept in memory for followers that lag
 */
public record RaftSettings(
    String node,
    Membership membership,
    Path directory,
    @Nullable String bindHost,
    boolean joining,
    boolean fsync,
    Duration electionTimeout,
    int maxEntryBytes,
    int logCacheBytes) {

  /**
   * The default of {@link #electionTimeout}: shorter ones elect leaders while a machine is busy.
   */
  public static final Duration ELECTION_TIMEOUT = Duration.ofMillis(500);

  /** The default of {@link #logCacheBytes}. */
  public static final int LOG_CACHE_BYTES = 16 << 20;

  private static final int MIN_ENTRY_BYTES = 64 << 10;
  private static final int MAX_ENTRY_BYTES = 512 << 20;
  private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);
  private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException naming what is out of its range
   */
  public RaftSettings {
    if (maxEntryBytes < MIN_ENTRY_BYTES || maxEntryBytes > MAX_ENTRY_BYTES) {
      throw new IllegalArgumentException(
          "the largest entry of a group is "
              + maxEntryBytes
              + " bytes, allowed are "
              + MIN_ENTRY_BYTES
              + " to "
              + MAX_ENTRY_BYTES);
    }
    if (electionTimeout.compareTo(MIN_TIMEOUT) < 0 || electionTimeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          "the election timeout is "
              + electionTimeout.toMillis()
              + " ms, allowed are "
              + MIN_TIMEOUT.toMillis()
              + " to "
              + MAX_TIMEOUT.toMillis());
    }
    if (logCacheBytes < 1) {
      throw new IllegalArgumentException(
          "the cache of a group's log has " + logCacheBytes + " bytes, allowed are 1 and more");
    }
    boolean known = membership.members().stream().anyMatch(each -> each.node().equals(node));
    if (!known) {
      throw new IllegalArgumentException(
          "node "
              + node
              + " is not one of the members "
              + membership.members().stream().map(Member::node).toList());
    }
  }

  /** Returns this node as a member. */
  Member self() {
    return membership.members().stream()
        .filter(each -> each.node().equals(node))
        .findFirst()
        .orElseThrow();
  }
}
