package io.eric;

/** The token is missing, malformed or expired. */
public final class UnauthorizedException extends EricException {

  private static final long serialVersionUID = 1L;

  /** Says what was wrong and what is allowed. */
  public UnauthorizedException(String message) {
    super("Unauthorized", 401, message, null);
  }
}
