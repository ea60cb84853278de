package io.eric.cluster.identity;

import io.vertx.core.json.JsonObject;

/**
 * What a node has on its disk about how the cluster comes to be. {@link Formation} explains the
 * rules.
 *
 * @param stage how far it has come
 * @param attempt rises with each proposal, and with each change of a cluster that is formed
 * @param proposer the node that has proposed the membership, and that alone decides whether it is
 *     formed
 * @param membership what is agreed to
 */
public record Agreement(Stage stage, long attempt, String proposer, Membership membership) {

  /** How far the forming of the cluster has come. */
  public enum Stage {
    /** This node has agreed. Whether all have is not known to it. */
    PREPARED,
    /** All have agreed. */
    FORMED
  }

  /** Returns whether the cluster exists. */
  public boolean isFormed() {
    return stage == Stage.FORMED;
  }

  /** Returns this agreement as one that all have made. */
  Agreement formed() {
    return new Agreement(Stage.FORMED, attempt, proposer, membership);
  }

  /** Returns the agreement after an operator has changed the membership. */
  Agreement changed(Membership after, long atLeast) {
    return new Agreement(stage, Math.max(attempt + 1, atLeast), proposer, after);
  }

  boolean isOfSameCluster(Agreement other) {
    return membership.cluster().equals(other.membership.cluster());
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("stage", stage.name())
        .put("attempt", attempt)
        .put("proposer", proposer)
        .put("membership", membership.toJson());
  }

  /** Reads what {@link #toJson} has written; other forms fail with some runtime exception. */
  static Agreement from(JsonObject json) {
    return new Agreement(
        Stage.valueOf(Json.text(json, "stage")),
        json.getLong("attempt"),
        Json.text(json, "proposer"),
        Membership.from(json.getJsonObject("membership")));
  }
}
