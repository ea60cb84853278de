package io.eric;

/** There is no such listener, or it exists already. Immutable, so safe for any thread. */
public final class InvalidListenerException extends EricException {

  private static final long serialVersionUID = 1L;

  InvalidListenerException(String message, boolean exists) {
    super("InvalidListenerException", exists ? EXISTS : 404, message, null);
  }

  /** Reports that no listener has this id. */
  public static InvalidListenerException unknown(String id) {
    return new InvalidListenerException("Invalid listener " + id, false);
  }

  /** Returns whether the error is that the listener exists already. */
  public boolean exists() {
    return code() == EXISTS;
  }

  /** Reports that a listener with this id exists already. */
  public static InvalidListenerException exists(String id) {
    return new InvalidListenerException("Listener with id " + id + " already exists", true);
  }
}
