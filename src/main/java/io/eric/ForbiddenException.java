package io.eric;

/** The token does not grant the right that the request needs. Immutable, so safe for any thread. */
public final class ForbiddenException extends EricException {

  private static final long serialVersionUID = 1L;

  /** Creates the error; the message says what was wrong and what is allowed. */
  public ForbiddenException(String message) {
    super("Forbidden", 403, message, null);
  }
}
