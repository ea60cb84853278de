package io.eric.cluster.raft;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.LeaderState;
import org.jspecify.annotations.Nullable;

/** The leaderships that this node has at the moment. Safe for any thread. */
final class Leaderships {

  private final Map<RaftGroupId, Leadership> groups = new ConcurrentHashMap<>();

  /** Returns a group's leadership; null if this node does not lead it, or is alone in it. */
  @Nullable Leadership of(RaftGroupId group) {
    return groups.get(group);
  }

  /** Returns the leadership that Ratis has made or is about to make. */
  Leadership of(RaftGroupId group, LeaderState ratis) {
    return groups.compute(
        group, (id, known) -> known != null && known.isOf(ratis) ? known : new Leadership(ratis));
  }

  /** This node does not lead a group any more. */
  void end(RaftGroupId group) {
    Leadership ended = groups.remove(group);
    if (ended != null) {
      ended.end();
    }
  }

  /**
   * Proves that this node leads a group, if it believes that it does.
   *
   * @return completes at once if it does not believe so, or is alone in the group; otherwise as
   *     {@link Leadership#prove} does
   */
  CompletableFuture<Void> proveIfLeading(RaftServer.Division division, long timeoutMs) {
    Leadership leadership = of(division.getGroup().getGroupId());
    RaftPeerId self = division.getMemberId().getPeerId();
    if (leadership == null || isMajority(division.getRaftConf(), self, Set.of())) {
      return CompletableFuture.completedFuture(null);
    }
    return leadership.prove(
        confirmed -> isMajority(division.getRaftConf(), self, confirmed), timeoutMs);
  }

  /** While members change, a majority of both the former and the new ones is needed. */
  private static boolean isMajority(
      RaftConfiguration members, RaftPeerId self, Set<RaftPeerId> confirmed) {
    return isMajority(members.getCurrentPeers(), self, confirmed)
        && (members.getPreviousPeers().isEmpty()
            || isMajority(members.getPreviousPeers(), self, confirmed));
  }

  private static boolean isMajority(
      Collection<RaftPeer> peers, RaftPeerId self, Set<RaftPeerId> confirmed) {
    long yes =
        peers.stream()
            .filter(peer -> peer.getId().equals(self) || confirmed.contains(peer.getId()))
            .count();
    return yes > peers.size() / 2;
  }
}
