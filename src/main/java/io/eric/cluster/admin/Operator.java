package io.eric.cluster.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Carries out commands. Called on the context of the socket; futures complete there. */
@FunctionalInterface
public interface Operator {

  /**
   * Carries out a command.
   *
   * @return the answer; fails with {@link CommandRefusedException} if the operator can do something
   *     about it
   */
  Future<JsonObject> perform(OperatorCommand command);
}
