package io.eric.cluster.raft;

import io.eric.cluster.identity.Member;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/** What nodes and groups are called among replicas. */
final class RaftIds {

  private static final char SEPARATOR = '-';

  private RaftIds() {}

  /** Returns the id under which a member votes: its name and that of its disk's contents. */
  static RaftPeerId peerId(Member member) {
    if (member.storage().isEmpty() || member.storage().indexOf(SEPARATOR) >= 0) {
      throw new IllegalArgumentException(
          "the storage of node "
              + member.node()
              + " is named \""
              + member.storage()
              + "\", allowed are names without '-'");
    }
    return RaftPeerId.valueOf(member.node() + SEPARATOR + member.storage());
  }

  /** Returns the name of the node that an id belongs to. */
  static String node(RaftPeerId id) {
    String text = id.toString();
    return text.substring(0, text.lastIndexOf(SEPARATOR));
  }

  /** Returns the members as peers. All have the same priority: see {@link RatisProperties}. */
  static List<RaftPeer> peers(List<Member> members) {
    return members.stream().map(RaftIds::peer).toList();
  }

  private static RaftPeer peer(Member member) {
    boolean colons = member.host().indexOf(':') >= 0; // an IPv6 address
    String host = colons ? '[' + member.host() + ']' : member.host();
    return RaftPeer.newBuilder()
        .setId(peerId(member))
        .setAddress(host + ':' + member.raftPort())
        .build();
  }

  /** Returns a group's id, which no other cluster's group has. */
  static RaftGroupId group(String cluster, int number) {
    String name = "eric/" + cluster + '/' + number;
    return RaftGroupId.valueOf(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)));
  }
}
