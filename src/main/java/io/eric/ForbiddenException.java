package io.eric;

/** The token lacks the right. */
public final class ForbiddenException extends EricException {

  private static final long serialVersionUID = 1L;

  /** Says what was wrong and what is allowed. */
  public ForbiddenException(String message) {
    super("Forbidden", 403, message, null);
  }
}
