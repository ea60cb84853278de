package io.eric.cluster.admin;

import io.vertx.core.Future;

/** A command of an operator was not carried out; the message says why, and what would help. */
public final class CommandRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Creates a refusal with the text that the operator reads. */
  public CommandRefusedException(String message) {
    super(message);
  }

  /** Refuses a command with the text that the operator reads. */
  public static <T> Future<T> refused(String message) {
    return Future.failedFuture(new CommandRefusedException(message));
  }
}
