package io.eric.cluster.identity;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What a node says to another one while the cluster comes to be, and answers.
 *
 * @param applicant what it is
 * @param agreement what it has on its disk; null if nothing yet
 * @param proposal what the other one is to agree to; null if this just tells and asks
 */
record Statement(Applicant applicant, @Nullable Agreement agreement, @Nullable Agreement proposal) {

  boolean isFormed() {
    return agreement != null && agreement.isFormed();
  }

  long attempt() {
    return agreement == null ? 0 : agreement.attempt();
  }

  Buffer toBuffer() {
    return new JsonObject()
        .put("node", applicant.node())
        .put("storage", applicant.storage())
        .put("groups", applicant.groups())
        .put("seats", Json.array(applicant.seats(), Seat::toJson))
        .put("agreement", agreement == null ? null : agreement.toJson())
        .put("proposal", proposal == null ? null : proposal.toJson())
        .toBuffer();
  }

  /**
   * Reads a statement.
   *
   * @throws IllegalArgumentException if it has another form
   */
  static Statement from(Buffer buffer) {
    try {
      JsonObject json = new JsonObject(buffer);
      Applicant applicant =
          new Applicant(
              Json.text(json, "node"),
              Json.text(json, "storage"),
              json.getInteger("groups"),
              Json.list(json, "seats", Seat::from));
      return new Statement(applicant, agreement(json, "agreement"), agreement(json, "proposal"));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("another form of statement than this version knows", e);
    }
  }

  private static @Nullable Agreement agreement(JsonObject json, String key) {
    JsonObject value = json.getJsonObject(key);
    return value == null ? null : Agreement.from(value);
  }
}
