package io.eric.cluster;

import io.eric.cluster.ClusterNode.Operated;
import io.eric.cluster.admin.CommandRefusedException;
import io.eric.cluster.owner.GroupOwner;
import io.eric.cluster.state.Owner;
import io.eric.internal.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/** Gives a group that this node owns to another one, as an operator says. On the node's loop. */
final class Transfer {

  /** The question whose answer is that a node keeps a group that it is about to get. */
  static final String HOLD = "hold";

  private static final long ANSWER_MS = 2_000;

  /** How long a claim of the other node may take. */
  private static final long CLAIM_MS = 10_000;

  private static final long POLL_MS = 50;

  private final String me;
  private final Loop loop;
  private final OperatorQuestions questions;

  Transfer(String me, Loop loop, OperatorQuestions questions) {
    this.me = me;
    this.loop = loop;
    this.questions = questions;
  }

  /** Gives the group away; completes when the other node owns it. */
  Future<JsonObject> toNode(Operated operated, int number, String node) {
    LocalGroup group = operated.groups().get(number);
    Owner owner = group.owner();
    if (group.work().state() != GroupOwner.State.OWNING) {
      return CommandRefusedException.refused(
          "group " + number + " changes its owner at this moment: try again");
    } else if (node.equals(me) || (owner != null && owner.node().equals(node))) {
      operated.rebalancer().hold(number);
      return Future.succeededFuture(done(number, node));
    }
    String objection = operated.rebalancer().objection(node, group);
    if (objection != null) {
      return CommandRefusedException.refused(
          "group " + number + " stays with node " + me + ": " + objection);
    }
    return questions
        .ask(node, HOLD, new JsonObject().put("group", number), ANSWER_MS)
        .compose(held -> group.work().handOver(node))
        .compose(given -> until(() -> isOwner(group, node) || isBack(group)))
        .compose(
            settled ->
                isOwner(group, node)
                    ? Future.succeededFuture(done(number, node))
                    : CommandRefusedException.refused(
                        "group "
                            + number
                            + (isBack(group)
                                ? " stays with node " + me + ": node " + node + " did not take it"
                                : " has no owner yet: `eric cluster status` says how it goes on")));
  }

  private static boolean isOwner(LocalGroup group, String node) {
    Owner owner = group.owner();
    return owner != null && owner.node().equals(node);
  }

  private static boolean isBack(LocalGroup group) {
    return group.work().state() == GroupOwner.State.OWNING;
  }

  /** Waits until something holds, or for long enough. */
  private Future<Void> until(Supplier<Boolean> condition) {
    Promise<Void> over = Promise.promise();
    poll(condition, loop.nanoTime() + CLAIM_MS * 1_000_000, over);
    return over.future();
  }

  private void poll(Supplier<Boolean> condition, long end, Promise<Void> over) {
    if (condition.get() || loop.nanoTime() - end > 0) {
      over.complete();
    } else {
      loop.after(POLL_MS, () -> poll(condition, end, over));
    }
  }

  private static JsonObject done(int number, String node) {
    return new JsonObject().put("text", "node " + node + " owns group " + number);
  }
}
