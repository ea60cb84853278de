package io.eric.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** The nodes that this one sees. For any thread; asks nobody over the network. */
final class Members {

  /** Where vertx-hazelcast writes the name that the event bus knows a node by. */
  private static final String NODE_ID = "__vertx.nodeId";

  private final HazelcastInstance hazelcast;
  private final int quorum;

  Members(HazelcastInstance hazelcast, int quorum) {
    this.hazelcast = hazelcast;
    this.quorum = quorum;
  }

  /** The name of a member, which is no node if it runs no Vert.x. */
  static String node(Member member) {
    String node = member.getAttribute(NODE_ID);
    return node == null ? member.getUuid().toString() : node;
  }

  /** Where all members of Hazelcast's cluster are, nodes or not: addresses with ports. */
  Set<String> addresses() {
    Set<String> addresses = new TreeSet<>();
    for (Member member : all()) {
      Address address = member.getAddress();
      addresses.add(address.getHost() + ':' + address.getPort());
    }
    return addresses;
  }

  /** None when Hazelcast is shut down. */
  private Set<Member> all() {
    try {
      return hazelcast.getCluster().getMembers();
    } catch (HazelcastInstanceNotActiveException shutDown) {
      return Set.of();
    }
  }

  /** All nodes, this one included. */
  Set<String> nodes() {
    return lives().keySet();
  }

  /**
   * Returns each node with the id of its present life. A node that merges into another cluster
   * keeps its name and begins a new life. By these ids, a caller that looks only afterwards can
   * tell a node that has left and come back from one that has stayed.
   */
  SortedMap<String, UUID> lives() {
    SortedMap<String, UUID> lives = new TreeMap<>();
    for (Member member : all()) {
      if (member.getAttribute(NODE_ID) != null) {
        lives.put(node(member), member.getUuid());
      }
    }
    return lives;
  }

  /** Whether enough nodes see each other for anything to be written. */
  boolean hasQuorum() {
    return nodes().size() >= quorum;
  }

  int quorum() {
    return quorum;
  }
}
