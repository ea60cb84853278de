package io.eric;

/** The token is missing, malformed or expired. Immutable, so safe for any thread. */
public final class UnauthorizedException extends EricException {

  private static final long serialVersionUID = 1L;

  /** Creates the error; the message says what was wrong and what is allowed. */
  public UnauthorizedException(String message) {
    super("Unauthorized", 401, message, null);
  }
}
