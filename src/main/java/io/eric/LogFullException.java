package io.eric;

/**
 * The channel's log is full and its overflow policy is to refuse messages. Immutable, so safe for
 * any thread.
 */
public final class LogFullException extends EricException {

  private static final long serialVersionUID = 1L;

  /** Creates the error; the message says what was wrong and what is allowed. */
  public LogFullException(String message) {
    super("LogFullException", 429, message, null);
  }
}
