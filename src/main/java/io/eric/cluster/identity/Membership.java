package io.eric.cluster.identity;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all members have agreed on when the cluster came to be, and what an operator has changed
 * since.
 *
 * @param cluster a random name of the cluster
 * @param groups how many groups there are, which never changes
 * @param members all nodes, in the order of their names
 * @param joined the storages of members that an operator has let in since, instead of a lost one
 */
public record Membership(String cluster, int groups, List<Member> members, List<String> joined) {

  /** Creates the membership of a cluster that comes to be. */
  public Membership(String cluster, int groups, List<Member> members) {
    this(cluster, groups, members, List.of());
  }

  /** Returns the member of this name; null if there is none. */
  public @Nullable Member member(String node) {
    return members.stream().filter(each -> each.node().equals(node)).findFirst().orElse(null);
  }

  /** Returns whether the node is a member with these contents of its disk. */
  boolean has(String node, String storage) {
    Member member = member(node);
    return member != null && member.storage().equals(storage);
  }

  /**
   * Returns the membership after a node has come back with an empty disk.
   *
   * @throws IllegalArgumentException naming the members if the node is none of them
   */
  public Membership withReplaced(String node, String newStorage) {
    if (member(node) == null) {
      throw new IllegalArgumentException(
          "node "
              + node
              + " is no member of the cluster, members are "
              + String.join(", ", members.stream().map(Member::node).toList()));
    }
    List<Member> after =
        members.stream()
            .map(each -> each.node().equals(node) ? Seat.of(each).with(newStorage) : each)
            .toList();
    List<String> later = new ArrayList<>(joined);
    later.add(newStorage);
    later.removeIf(storage -> after.stream().noneMatch(each -> each.storage().equals(storage)));
    return new Membership(cluster, groups, after, List.copyOf(later));
  }

  /**
   * Returns whether a node with these contents of its disk came when the cluster existed, so that
   * its replicas have to wait until the groups' leaders let them in.
   */
  public boolean hasJoined(String storage) {
    return joined.contains(storage);
  }

  /** Returns the places of the members. */
  public List<Seat> seats() {
    return members.stream().map(Seat::of).toList();
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("cluster", cluster)
        .put("groups", groups)
        .put(
            "members",
            Json.array(members, each -> Seat.of(each).toJson().put("storage", each.storage())))
        .put("joined", new JsonArray(joined));
  }

  /** Reads what {@link #toJson} has written; other forms fail with some runtime exception. */
  static Membership from(JsonObject json) {
    return new Membership(
        Json.text(json, "cluster"),
        json.getInteger("groups"),
        Json.list(json, "members", each -> Seat.from(each).with(Json.text(each, "storage"))),
        json.getJsonArray("joined", new JsonArray()).stream().map(String.class::cast).toList());
  }
}
