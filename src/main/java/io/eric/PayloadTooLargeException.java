package io.eric;

/** The input is larger than the configured limit. */
public final class PayloadTooLargeException extends EricException {

  private static final long serialVersionUID = 1L;

  /** Says what was wrong and what is allowed. */
  public PayloadTooLargeException(String message) {
    super("PayloadTooLarge", 413, message, null);
  }
}
