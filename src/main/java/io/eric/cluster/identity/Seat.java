package io.eric.cluster.identity;

import io.vertx.core.json.JsonObject;

/**
 * The place of a node in the cluster, as the settings name it. A node that takes it becomes a
 * {@link Member}.
 *
 * @param node the node's name: its host, or on a machine with several nodes the number of its slot
 * @param host where the others reach it
 * @param raftPort where its replicas answer
 * @param linkPort where it takes commands and deliveries
 */
public record Seat(String node, String host, int raftPort, int linkPort) {

  /** Returns the member that the node of this place is, with such contents of its disk. */
  public Member with(String storage) {
    return new Member(node, storage, host, raftPort, linkPort);
  }

  /** Returns the place of a member. */
  public static Seat of(Member member) {
    return new Seat(member.node(), member.host(), member.raftPort(), member.linkPort());
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("node", node)
        .put("host", host)
        .put("raftPort", raftPort)
        .put("linkPort", linkPort);
  }

  /** Reads what {@link #toJson} has written; other forms fail with some runtime exception. */
  static Seat from(JsonObject json) {
    return new Seat(
        Json.text(json, "node"),
        Json.text(json, "host"),
        json.getInteger("raftPort"),
        json.getInteger("linkPort"));
  }
}
