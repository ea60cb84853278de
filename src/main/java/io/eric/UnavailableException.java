package io.eric;

/** The hub is draining, or nobody owns the channel at this moment; try again. */
public final class UnavailableException extends EricException {

  private static final long serialVersionUID = 1L;

  /** Says what was wrong and what is allowed. */
  public UnavailableException(String message) {
    super("Unavailable", 503, message, null);
  }
}
