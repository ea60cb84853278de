package io.eric.cluster;

import io.eric.cluster.ClusterNode.Operated;
import io.eric.cluster.admin.CommandRefusedException;
import io.eric.cluster.identity.Agreement;
import io.eric.cluster.identity.Formation;
import io.eric.cluster.identity.Member;
import io.eric.cluster.identity.Membership;
import io.eric.cluster.identity.Standing;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets a node in that has lost its disk. The leader of group 0 does this, so that one node at a
 * time changes who the members are; the leader of each group changes the group's members.
 *
 * <p>A call finds out how far it is and does what comes next, and the caller repeats it until it is
 * done. So nothing is lost with a call, a node or a lead, and whoever repeats it goes on:
 *
 * <ol>
 *   <li>the node runs on an empty disk, and all groups have the members that were agreed on
 *   <li>the new membership is recorded, and told to the nodes
 *   <li>the node learns it, and opens replicas that take no part yet
 *   <li>for one group after the other: its leader feeds the new replica, and when it has caught up,
 *       it replaces the former one in one change of the group's members
 *   <li>the other nodes know the membership
 * </ol>
 *
 * <p>The membership is recorded before the groups change, because the new replica must know the
 * cluster that it joins. That is safe: the new replica neither votes nor stands for election before
 * a leader has let it in, and which votes count is decided by the group's own members.
 *
 * <p>On the node's context.
 */
final class Replacement {

  /** The question for how a node stands. */
  static final String DESCRIBE = "describe";

  /** The question whose answer is how far a group's members are changed. */
  static final String MEMBERS = "members";

  private static final long ANSWER_MS = 2_000;

  /** The numbers of changes that one leader may make; those of a later leader are higher. */
  private static final int CHANGES_BITS = 16;

  private final String me;
  private final Formation formation;
  private final OperatorQuestions questions;

  Replacement(String me, Formation formation, OperatorQuestions questions) {
    this.me = me;
    this.formation = formation;
    this.questions = questions;
  }

  /**
   * Does the next step.
   *
   * @return says how far it is: {@code done}, and a {@code text}
   */
  Future<JsonObject> step(Operated operated, String node) {
    LocalGroup first = operated.groups().get(0);
    if (!first.replica().status().isLeader()) {
      return Future.succeededFuture(goesOn("group 0 changes its leader"));
    }
    long term = first.replica().status().term();
    return operated
        .rounds()
        .get(0)
        .next() // proves the lead
        .transform(
            proven ->
                proven.succeeded()
                    ? standing(node).compose(standing -> step(operated, standing, term))
                    : Future.succeededFuture(
                        goesOn("too few nodes answer to prove who leads group 0")));
  }

  private Future<Standing> standing(String node) {
    Membership membership = formed().membership();
    if (membership.member(node) == null) {
      return CommandRefusedException.refused(
          "node "
              + node
              + " is no member of the cluster, members are "
              + String.join(", ", membership.members().stream().map(Member::node).toList()));
    } else if (node.equals(me)) {
      return Future.succeededFuture(
          new Standing(me, storage(membership, me), formation.agreement()));
    }
    return formation
        .standing(node)
        .recover(
            e ->
                CommandRefusedException.refused(
                    "node "
                        + node
                        + " does not answer: start it on its new, empty directory, where it says"
                        + " that it waits, and repeat this"));
  }

  private Agreement formed() {
    Agreement agreement = formation.agreement();
    if (agreement == null || !agreement.isFormed()) {
      throw new CommandRefusedException("the cluster is not formed");
    }
    return agreement;
  }

  private static String storage(Membership membership, String node) {
    Member member = membership.member(node);
    return member == null ? "" : member.storage();
  }

  private Future<JsonObject> step(Operated operated, Standing standing, long term) {
    Agreement own = formed();
    Agreement theirs = standing.agreement();
    String node = standing.node();
    boolean isRecorded = storage(own.membership(), node).equals(standing.storage());
    if (theirs != null && standing.isFormed()) {
      boolean isOfThis = theirs.membership().cluster().equals(own.membership().cluster());
      if (!isOfThis || !isRecorded) {
        return CommandRefusedException.refused(
            "node "
                + node
                + (isOfThis
                    ? " runs on a disk that was replaced before"
                    : " is a member of another cluster")
                + ": end it, empty its directory, start it, and repeat this");
      }
      return letIn(operated, node);
    } else if (isRecorded) {
      return Future.succeededFuture(goesOn("node " + node + " learns that it is a member"));
    }
    return mayChange(operated, node)
        .compose(
            obstacle ->
                obstacle.isEmpty()
                    ? formation
                        .replaced(node, standing.storage(), term << CHANGES_BITS)
                        .map(recorded -> goesOn("node " + node + " is recorded with its new disk"))
                    : Future.succeededFuture(goesOn(obstacle)));
  }

  /**
   * Makes sure that no other replacement is under way.
   *
   * @return what has to be waited for; empty if nothing
   */
  private Future<String> mayChange(Operated operated, String node) {
    Future<String> all = Future.succeededFuture("");
    for (LocalGroup group : operated.groups()) {
      all =
          all.compose(
              obstacle ->
                  obstacle.isEmpty()
                      ? members(group, false).compose(answer -> obstacle(answer, node))
                      : Future.succeededFuture(obstacle));
    }
    return all;
  }

  private static Future<String> obstacle(JsonObject answer, String node) {
    JsonArray missing = answer.getJsonArray("missing");
    if (missing == null) {
      return Future.succeededFuture(answer.getString("text"));
    }
    for (Object other : missing) {
      if (!node.equals(other)) {
        return CommandRefusedException.refused(
            "the replacement of node "
                + other
                + " is not finished, and there is one at a time: `eric cluster replace "
                + other
                + "` first");
      }
    }
    return Future.succeededFuture("");
  }

  /** Asks a group's leader for its members, and whether to change them. */
  private Future<JsonObject> members(LocalGroup group, boolean change) {
    String leader = group.replica().status().leader();
    if (leader == null) {
      return Future.succeededFuture(goesOn("group " + group.number() + " has no leader"));
    }
    JsonObject question =
        new JsonObject()
            .put("group", group.number())
            .put("agreed", formed().attempt())
            .put("change", change);
    return questions
        .ask(leader, MEMBERS, question, ANSWER_MS)
        .otherwise(e -> goesOn(String.valueOf(e.getMessage())));
  }

  private Future<JsonObject> letIn(Operated operated, String node) {
    return questions
        .ask(node, DESCRIBE, new JsonObject(), ANSWER_MS)
        .compose(
            described ->
                described.getJsonArray("groups").isEmpty()
                    ? Future.succeededFuture(goesOn("node " + node + " opens its replicas"))
                    : changeNext(operated, node, 0));
  }

  /** Changes the groups' members, one group after the other. */
  private Future<JsonObject> changeNext(Operated operated, String node, int number) {
    if (number == operated.groups().size()) {
      return whoKnows(node);
    }
    return members(operated.groups().get(number), true)
        .compose(
            answer ->
                answer.getBoolean("done")
                    ? changeNext(operated, node, number + 1)
                    : Future.succeededFuture(answer));
  }

  /** Looks which nodes know the membership; those that are away learn it when they come back. */
  private Future<JsonObject> whoKnows(String node) {
    Agreement own = formed();
    List<String> away = new ArrayList<>();
    List<String> late = new ArrayList<>();
    List<Future<Standing>> asked = new ArrayList<>();
    for (Member each : own.membership().members()) {
      if (!each.node().equals(me)) {
        asked.add(
            formation
                .standing(each.node())
                .onFailure(e -> away.add(each.node()))
                .onSuccess(
                    standing -> {
                      Agreement theirs = standing.agreement();
                      if (standing.isFormed()
                          && theirs != null
                          && theirs.attempt() < own.attempt()) {
                        late.add(each.node());
                      }
                    }));
      }
    }
    return Future.join(asked)
        .transform(
            done -> {
              if (!late.isEmpty()) {
                return Future.succeededFuture(
                    goesOn("node " + String.join(", ", late) + " learns who the members are"));
              }
              String text =
                  "node "
                      + node
                      + " is a member of all groups with its present disk"
                      + (away.isEmpty()
                          ? ""
                          : "; node " + String.join(", ", away) + " will learn it when it comes");
              return Future.succeededFuture(new JsonObject().put("done", true).put("text", text));
            });
  }

  /** Says what is under way. */
  static JsonObject goesOn(String text) {
    return new JsonObject().put("done", false).put("text", text);
  }
}
