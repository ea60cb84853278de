package io.eric;

/**
 * The input is no valid command: not JSON, a missing or ill-typed key, an unknown verb, a bad id or
 * type.
 */
public final class InvalidMessageFormatException extends EricException {

  private static final long serialVersionUID = 1L;

  /** Says what was wrong and what is allowed. */
  public InvalidMessageFormatException(String message) {
    super("InvalidMessageFormat", 400, message, null);
  }
}
