package io.eric.cluster;

import io.eric.cluster.ClusterNode.Operated;
import io.eric.cluster.identity.Agreement;
import io.eric.cluster.identity.ClusterDirectory;
import io.eric.cluster.identity.Formation;
import io.eric.cluster.identity.Membership;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/** Describes one node to operators, whether it is a member or waits. On the node's context. */
final class NodeDescription {

  private final Vertx vertx;
  private final ClusterDirectory directory;
  private final Formation formation;

  NodeDescription(Vertx vertx, ClusterDirectory directory, Formation formation) {
    this.vertx = vertx;
    this.directory = directory;
    this.formation = formation;
  }

  /**
   * Describes the node.
   *
   * @param operated its groups; null before it has any
   */
  Future<JsonObject> of(@Nullable Operated operated) {
    return vertx
        .executeBlocking(() -> Files.getFileStore(directory.path()).getUsableSpace(), false)
        .map(free -> describe(operated).put("free", free))
        .otherwise(e -> describe(operated).put("trouble", "the disk cannot be looked at: " + e));
  }

  private JsonObject describe(@Nullable Operated operated) {
    Agreement agreement = formation.agreement();
    JsonObject described =
        new JsonObject()
            .put("node", directory.node())
            .put("storage", directory.storage())
            .put("state", state(operated))
            .put("agreed", agreement == null ? 0 : agreement.attempt())
            .put("waiting", formation.waitingFor().sentence());
    Membership membership = formation.membership();
    if (operated == null || membership == null) {
      return described.put("groups", new JsonArray());
    }
    String trouble = operated.health().trouble();
    if (trouble != null) {
      described.put("trouble", trouble);
    }
    JsonArray groups = new JsonArray();
    for (LocalGroup each : operated.groups()) {
      groups.add(group(each, operated, membership));
    }
    return described.put("groups", groups);
  }

  private String state(@Nullable Operated operated) {
    Formation.State state = formation.state();
    boolean joins =
        state == Formation.State.FORMED && (operated == null || !operated.raft().isMember());
    return joins ? "JOINING" : state.name();
  }

  private static JsonObject group(LocalGroup group, Operated operated, Membership membership) {
    JsonObject described = NodeHealth.describe(group);
    if (described.containsKey("behind")) {
      JsonObject silent = new JsonObject();
      group
          .replica()
          .status()
          .followers()
          .forEach(each -> silent.put(each.node(), each.silentMs()));
      described.put("silent", silent);
    }
    JsonArray missing =
        new JsonArray(
            java.util.List.copyOf(
                operated.raft().differences(group.number(), membership.members())));
    return described.put("missing", missing);
  }
}
