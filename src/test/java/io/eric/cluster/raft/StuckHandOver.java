package io.eric.cluster.raft;

import io.eric.cluster.owner.GroupReplica;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftServer;

/**
 * A hand-over that Ratis 3.2.2 has not forgotten although it has failed. It becomes so if the order
 * to the other node fails before the thread that has given it looks, which cannot be arranged from
 * outside.
 */
final class StuckHandOver {

  private StuckHandOver() {}

  /** Leaves one behind at a leader. */
  @SuppressWarnings("unchecked")
  static void leaveAt(GroupReplica leader) throws ReflectiveOperationException {
    RaftServer.Division division = (RaftServer.Division) field(leader, "division");
    RaftGroupMemberId member = division.getMemberId();
    Object handOver = field(division, "transferLeadership");
    Constructor<?> pending =
        Class.forName(handOver.getClass().getName() + "$PendingRequest")
            .getDeclaredConstructors()[0];
    pending.setAccessible(true);
    TransferLeadershipRequest request =
        new TransferLeadershipRequest(
            ClientId.randomId(),
            member.getPeerId(),
            member.getGroupId(),
            1,
            member.getPeerId(),
            1_000);
    ((AtomicReference<Object>) field(handOver, "pending"))
        .set(pending.newInstance(handOver, request));
  }

  private static Object field(Object of, String name) throws ReflectiveOperationException {
    Field field = of.getClass().getDeclaredField(name);
    field.setAccessible(true);
    return field.get(of);
  }
}
