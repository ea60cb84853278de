package io.eric.cluster;

import io.eric.UnavailableException;
import io.eric.cluster.ClusterNode.Operated;
import io.eric.cluster.admin.CommandRefusedException;
import io.eric.cluster.admin.Operator;
import io.eric.cluster.admin.OperatorCommand;
import io.eric.cluster.identity.Agreement;
import io.eric.cluster.identity.ClusterDirectory;
import io.eric.cluster.identity.Formation;
import io.eric.cluster.identity.Member;
import io.eric.cluster.identity.Membership;
import io.eric.cluster.identity.Seat;
import io.eric.cluster.link.NodeLinks;
import io.eric.internal.Loop;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries out an operator's commands at whichever node they arrive: it does what this node can do,
 * and asks the nodes that can do the rest. A node that is no member describes itself, forms the
 * cluster, and passes everything else on to a member. On the node's context.
 */
final class ClusterOperator implements Operator {

  private static final long ANSWER_MS = 2_000;

  /** Longer than a step of a replacement, which asks several nodes. */
  private static final long STEP_MS = 15_000;

  /** Longer than a group takes to be given away and claimed. */
  private static final long TRANSFER_MS = 25_000;

  private static final long FORM_MS = 15_000;

  private static final String PERFORM = "perform";
  private static final String REPLACE = "replace";
  private static final String TRANSFER = "transfer";

  private final ClusterDirectory directory;
  private final Formation formation;
  private final NodeLinks links;
  private final Supplier<@Nullable Operated> groups;
  private final NodeDescription description;
  private final OperatorQuestions questions;
  private final Replacement replacement;
  private final MemberChanges changes;
  private final Transfer transfer;

  /**
   * Creates the operator of a node.
   *
   * @param groups the node's groups; null before it has any
   */
  ClusterOperator(
      Vertx vertx,
      Loop loop,
      ClusterDirectory directory,
      Formation formation,
      NodeLinks links,
      Supplier<@Nullable Operated> groups) {
    this.directory = directory;
    this.formation = formation;
    this.links = links;
    this.groups = groups;
    this.description = new NodeDescription(vertx, directory, formation);
    this.questions = new OperatorQuestions(links);
    this.replacement = new Replacement(directory.node(), formation, questions);
    this.changes = new MemberChanges(vertx, formation);
    this.transfer = new Transfer(directory.node(), loop, questions);
  }

  /** Begins to answer the other nodes. */
  void serve() {
    questions
        .on(Replacement.DESCRIBE, asked -> description.of(groups.get()))
        .on(
            PERFORM,
            asked ->
                asMember(OperatorCommand.from(asked.getJsonObject("what").toBuffer()), member()))
        .on(REPLACE, asked -> replacement.step(member(), asked.getString("node")))
        .on(
            TRANSFER,
            asked -> transfer.toNode(member(), asked.getInteger("group"), asked.getString("node")))
        .on(
            Transfer.HOLD,
            asked -> {
              member().rebalancer().hold(asked.getInteger("group"));
              return Future.succeededFuture(new JsonObject());
            })
        .on(
            Replacement.MEMBERS,
            asked ->
                Future.succeededFuture(
                    changes.answer(
                        member(),
                        asked.getInteger("group"),
                        asked.getLong("agreed"),
                        asked.getBoolean("change"))))
        .serve();
  }

  @Override
  public Future<JsonObject> perform(OperatorCommand command) {
    return switch (command.verb()) {
      case STATUS -> status();
      case FORM -> form(command.force());
      case TRANSFER, REPLACE -> {
        Operated operated = groups.get();
        yield isMember(operated) && operated != null
            ? asMember(command, operated)
            : passOn(command, List.copyOf(links.connected()));
      }
    };
  }

  private boolean isMember(@Nullable Operated operated) {
    return formation.state() == Formation.State.FORMED
        && operated != null
        && operated.raft().isMember();
  }

  private Operated member() {
    Operated operated = groups.get();
    if (operated == null || !isMember(operated)) {
      throw new CommandRefusedException(
          "node " + directory.node() + " is no member of the cluster (yet)");
    }
    return operated;
  }

  /** Has a member carry the command out, because this node is none. */
  private Future<JsonObject> passOn(OperatorCommand command, List<String> others) {
    if (others.isEmpty()) {
      String waiting = formation.waitingFor().sentence();
      return CommandRefusedException.refused(
          "node "
              + directory.node()
              + " is no member of a cluster, and reaches no node that is one"
              + (waiting.isEmpty() ? "" : ": " + waiting));
    }
    String other = others.get(0);
    return formation
        .standing(other)
        .transform(
            standing ->
                standing.succeeded() && standing.result().isFormed()
                    ? questions.ask(
                        other, PERFORM, new JsonObject().put("what", command.toJson()), TRANSFER_MS)
                    : passOn(command, others.subList(1, others.size())));
  }

  // ---- the commands of members

  private Future<JsonObject> asMember(OperatorCommand command, Operated operated) {
    if (command.verb() == OperatorCommand.Verb.REPLACE) {
      return atLeader(operated, 0, REPLACE, new JsonObject().put("node", command.node()), STEP_MS)
          .recover(
              e ->
                  e instanceof UnavailableException away
                      ? Future.succeededFuture(Replacement.goesOn(away.getMessage()))
                      : Future.failedFuture(e));
    }
    int number = command.group();
    if (number < 0 || number >= operated.groups().size()) {
      return CommandRefusedException.refused(
          "there is no group " + number + ", allowed are 0 to " + (operated.groups().size() - 1));
    }
    Membership membership = formation.membership();
    if (membership == null || membership.member(command.node()) == null) {
      return CommandRefusedException.refused(
          "there is no node "
              + command.node()
              + ", the members are "
              + (membership == null
                  ? "unknown"
                  : String.join(", ", membership.members().stream().map(Member::node).toList())));
    }
    return atLeader(
        operated,
        number,
        TRANSFER,
        new JsonObject().put("group", number).put("node", command.node()),
        TRANSFER_MS);
  }

  private Future<JsonObject> atLeader(
      Operated operated, int group, String question, JsonObject details, long timeoutMs) {
    String leader = operated.groups().get(group).replica().status().leader();
    return leader == null
        ? Future.failedFuture(
            new UnavailableException(
                "group "
                    + group
                    + " has no leader at this moment; more than half of the nodes are needed"))
        : questions.ask(leader, question, details, timeoutMs);
  }

  // ---- the commands of all nodes

  private Future<JsonObject> status() {
    List<Seat> seats = seats();
    Map<String, JsonObject> told = new TreeMap<>();
    List<Future<JsonObject>> asked = new ArrayList<>();
    for (Seat seat : seats) {
      asked.add(
          questions
              .ask(seat.node(), Replacement.DESCRIBE, new JsonObject(), ANSWER_MS)
              .onSuccess(says -> told.put(seat.node(), says)));
    }
    return Future.join(asked)
        .transform(
            done ->
                Future.succeededFuture(
                    ClusterStatus.of(directory.node(), seats, formation.agreement(), told)));
  }

  private List<Seat> seats() {
    Agreement agreement = formation.agreement();
    return agreement != null && agreement.isFormed()
        ? agreement.membership().seats()
        : directory.applicant().seats();
  }

  private Future<JsonObject> form(boolean force) {
    Membership formed = formation.membership();
    if (formed != null) {
      return Future.succeededFuture(
          new JsonObject()
              .put(
                  "text",
                  "the cluster is formed already, members are "
                      + String.join(", ", formed.members().stream().map(Member::node).toList())));
    } else if (!force) {
      return CommandRefusedException.refused(
          "without --force a cluster is formed by itself, when all its nodes are there. "
              + formation.waitingFor().sentence());
    }
    return formation
        .force()
        .timeout(FORM_MS, TimeUnit.MILLISECONDS)
        .recover(
            e ->
                CommandRefusedException.refused(
                    e.getMessage() == null ? e.toString() : e.getMessage()))
        .map(membership -> new JsonObject().put("text", formedSentence(membership)));
  }

  private static String formedSentence(Membership membership) {
    List<String> absent =
        membership.members().stream().filter(Member::isAbsent).map(Member::node).toList();
    return "the cluster is formed"
        + (absent.isEmpty()
            ? ""
            : " without node "
                + String.join(", ", absent)
                + ", which counts for majorities: start it when it is there, and let it in with"
                + " `eric cluster replace`");
  }
}
