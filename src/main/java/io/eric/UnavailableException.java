package io.eric;

/**
 * The hub is draining, or does not answer, or the channel has no owner at this moment. The request
 * can be tried again. Immutable, so safe for any thread.
 */
public final class UnavailableException extends EricException {

  private static final long serialVersionUID = 1L;

  /** Creates the error; the message says what was wrong and what is allowed. */
  public UnavailableException(String message) {
    super("Unavailable", 503, message, null);
  }
}
