package io.eric;

/** The input is larger than the configured limit. Immutable, so safe for any thread. */
public final class PayloadTooLargeException extends EricException {

  private static final long serialVersionUID = 1L;

  /** Creates the error; the message says what was wrong and what is allowed. */
  public PayloadTooLargeException(String message) {
    super("PayloadTooLarge", 413, message, null);
  }
}
