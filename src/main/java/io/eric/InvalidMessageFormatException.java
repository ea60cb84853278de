package io.eric;

/**
 * The input is not a valid command: it is not JSON, a key is missing or has the wrong type, the
 * verb is unknown, or an id or type is malformed. Immutable, so safe for any thread.
 */
public final class InvalidMessageFormatException extends EricException {

  private static final long serialVersionUID = 1L;

  /** Creates the error; the message says what was wrong and what is allowed. */
  public InvalidMessageFormatException(String message) {
    super("InvalidMessageFormat", 400, message, null);
  }
}
