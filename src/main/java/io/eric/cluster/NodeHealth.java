package io.eric.cluster;

import io.eric.cluster.owner.GroupReplica;
import io.eric.cluster.state.Owner;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Describes a node and its groups to operators. Confined to the node's loop. */
final class NodeHealth {

  private final String node;
  private final int members;
  private final List<LocalGroup> groups;
  private final SeenNodes seen;
  private final Rebalancer rebalancer;
  private final ChannelCatalog catalog;
  private final NodeChannels channels;
  private @Nullable Throwable failure;

  /** Of how many channels of a group the reason is told why they cannot be opened. */
  private static final int MOST_UNOPENED = 10;

  /**
   * After this time a replica that gets nothing is a trouble. It is longer than what a leader needs
   * to notice it and to make a new connection.
   */
  private static final long STILL_MS = 30_000;

  NodeHealth(
      String node,
      int members,
      List<LocalGroup> groups,
      SeenNodes seen,
      Rebalancer rebalancer,
      ChannelCatalog catalog,
      NodeChannels channels) {
    this.node = node;
    this.members = members;
    this.groups = groups;
    this.seen = seen;
    this.rebalancer = rebalancer;
    this.catalog = catalog;
    this.channels = channels;
  }

  /** A replica cannot go on. */
  void failed(Throwable reason) {
    failure = reason;
  }

  /**
   * Returns whether the leader of each group has claimed it, as far as this node knows: then
   * channels can be created.
   */
  boolean isOwned() {
    return groups.stream()
        .allMatch(
            group -> {
              Owner owner = group.owner();
              return owner != null && owner.node().equals(group.replica().status().leader());
            });
  }

  /** Returns what keeps this node from serving; {@code null} if nothing does. */
  @Nullable String trouble() {
    Throwable failed = failure;
    if (failed != null) {
      return "a replica has failed, this node must end: " + failed.getMessage();
    }
    if (rebalancer.isDraining()) {
      return "the node is draining";
    }
    String unowned =
        groups.stream()
            .filter(group -> group.replica().status().leader() == null || group.owner() == null)
            .map(group -> String.valueOf(group.number()))
            .collect(Collectors.joining(", "));
    if (!unowned.isEmpty()) {
      return "no node owns group "
          + unowned
          + "; this node reaches "
          + reached()
          + " of "
          + members
          + " nodes, itself included, and more than half are needed";
    }
    for (LocalGroup group : groups) {
      GroupReplica.Status status = group.replica().status();
      Owner owner = group.owner();
      String leader = status.leader(); // again, so it may be none by now
      if (owner != null && leader != null && !owner.node().equals(leader)) {
        return "group "
            + group.number()
            + " is led by node "
            + leader
            + ", which has not taken it over from node "
            + owner.node()
            + " yet";
      }
      long stillMs = status.stillMs();
      if (stillMs >= STILL_MS) {
        return "the replica of group "
            + group.number()
            + " has got nothing for "
            + stillMs / 1_000
            + " s although the others go on: it is given a snapshot, or this node has to be started"
            + " again";
      }
    }
    return null;
  }

  /** Returns how many nodes are reached, this one included. */
  private int reached() {
    return seen.reached().size() + 1;
  }

  /** Returns the state of the node, for {@code /healthz}. */
  JsonObject describe() {
    String trouble = trouble();
    boolean isWhole =
        reached() == members
            && groups.stream().allMatch(group -> group.work().unopened().isEmpty());
    JsonArray all = new JsonArray();
    groups.forEach(group -> all.add(describe(group)));
    JsonObject health =
        new JsonObject()
            .put(
                "status", failure != null ? "DOWN" : trouble == null && isWhole ? "UP" : "DEGRADED")
            .put("node", node)
            .put("nodes", reached())
            .put("members", members)
            .put("channels", catalog.order().size())
            .put("owned", channels.openCount())
            .put("groups", all);
    return trouble == null ? health : health.put("trouble", trouble);
  }

  /** Returns how a group stands, as far as this node knows. */
  static JsonObject describe(LocalGroup group) {
    GroupReplica.Status status = group.replica().status();
    Owner owner = group.owner();
    JsonObject described =
        new JsonObject()
            .put("group", group.number())
            .put("leader", status.leader())
            .put("owner", owner == null ? null : owner.node())
            .put("term", status.term())
            .put("applied", status.applied());
    if (status.isLeader()) {
      JsonObject behind = new JsonObject();
      status.followers().forEach(each -> behind.put(each.node(), each.behind()));
      described.put("behind", behind);
    }
    Map<String, String> unopened = group.work().unopened();
    if (!unopened.isEmpty()) {
      JsonObject reasons = new JsonObject();
      unopened.entrySet().stream()
          .limit(MOST_UNOPENED)
          .forEach(each -> reasons.put(each.getKey(), each.getValue()));
      described.put("unopened", reasons);
    }
    return described;
  }
}
