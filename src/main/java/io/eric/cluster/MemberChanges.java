package io.eric.cluster;

import io.eric.cluster.ClusterNode.Operated;
import io.eric.cluster.identity.Agreement;
import io.eric.cluster.identity.Formation;
import io.eric.cluster.identity.Member;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the members of the groups that this node leads those of the recorded membership, when the
 * leader of group 0 says so. On the node's context.
 */
final class MemberChanges {

  private static final Logger logger = LoggerFactory.getLogger(MemberChanges.class);

  private final Vertx vertx;
  private final Formation formation;

  /** The changes that are under way, by group. */
  private final Map<Integer, Future<Void>> changing = new HashMap<>();

  /** Why the last change of a group has failed. */
  private final Map<Integer, String> failures = new HashMap<>();

  MemberChanges(Vertx vertx, Formation formation) {
    this.vertx = vertx;
    this.formation = formation;
  }

  /**
   * Answers how a group's members stand, and begins to change them if that is asked for.
   *
   * @param agreed the number of the agreement that the asking node has; an older one changes
   *     nothing, because the node may have been the leader of group 0 some time ago
   */
  JsonObject answer(Operated operated, int group, long agreed, boolean change) {
    Agreement own = formation.agreement();
    if (!operated.groups().get(group).replica().status().isLeader()) {
      return Replacement.goesOn("group " + group + " changes its leader");
    } else if (own == null || !own.isFormed() || own.attempt() != agreed) {
      return Replacement.goesOn("the leader of group " + group + " learns who the members are");
    }
    List<Member> members = own.membership().members();
    Set<String> missing = operated.raft().differences(group, members);
    boolean done = operated.raft().hasMembers(group, members);
    if (!done && change && !changing.containsKey(group)) {
      begin(operated, group, members);
    }
    String failure = failures.get(group);
    return new JsonObject()
        .put("done", done)
        .put("missing", new JsonArray(List.copyOf(missing)))
        .put(
            "text",
            "group "
                + group
                + ": node "
                + String.join(", ", missing)
                + " catches up and is let in"
                + (failure == null ? "" : " (the attempt before has failed: " + failure + ")"));
  }

  private void begin(Operated operated, int group, List<Member> members) {
    logger.info("the members of group {} change to {}", group, members);
    Future<Void> changed =
        vertx
            .executeBlocking(() -> operated.raft().setMembers(group, members), false)
            .compose(Future::fromCompletionStage);
    changing.put(group, changed);
    changed.onComplete(
        done -> {
          changing.remove(group);
          if (done.succeeded()) {
            failures.remove(group);
            logger.info("the members of group {} are changed", group);
          } else {
            failures.put(group, String.valueOf(done.cause().getMessage()));
            logger.warn(
                "the members of group {} could not be changed: {}", group, done.cause().toString());
          }
        });
  }
}
