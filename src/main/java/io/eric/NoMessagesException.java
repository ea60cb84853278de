package io.eric;

/** The listener has no message waiting, or is stopped. Immutable, so safe for any thread. */
public final class NoMessagesException extends EricException {

  private static final long serialVersionUID = 1L;

  /** Creates the error; the message says what was wrong and what is allowed. */
  public NoMessagesException(String message) {
    super("NoMessagesException", 404, message, null);
  }
}
