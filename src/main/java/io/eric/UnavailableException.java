package io.eric;

/**
 * The hub is draining, or does not answer, or the channel has no owner at this moment. The request
 * can be tried again. Immutable, so safe for any thread.
 */
public final class UnavailableException extends EricException {

  private static final long serialVersionUID = 1L;

  private final int retryAfter;

  /** Creates the error; the message says what was wrong and what is allowed. */
  public UnavailableException(String message) {
    this(message, 1);
  }

  /**
   * Creates the error.
   *
   * @param message says what was wrong and what is allowed
   * @param retryAfter see {@link #retryAfter()}
   */
  public UnavailableException(String message, int retryAfter) {
    super("Unavailable", 503, message, null);
    this.retryAfter = retryAfter;
  }

  /**
   * Returns after how many seconds it makes sense to try again, which is HTTP's {@code
   * Retry-After}. It is 1 for an error that has come over the event bus or a socket.
   */
  public int retryAfter() {
    return retryAfter;
  }
}
