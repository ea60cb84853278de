package io.eric;

/** There is no such channel, or it exists already. Immutable, so safe for any thread. */
public final class InvalidChannelException extends EricException {

  private static final long serialVersionUID = 1L;

  InvalidChannelException(String message, boolean exists) {
    super("InvalidChannelException", exists ? EXISTS : 404, message, null);
  }

  /** Reports that no channel has this id. */
  public static InvalidChannelException unknown(String id) {
    return new InvalidChannelException("No channel with id " + id, false);
  }

  /** Returns whether the error is that the channel exists already. */
  public boolean exists() {
    return code() == EXISTS;
  }

  /** Reports that a channel with this id exists already. */
  public static InvalidChannelException exists(String id) {
    return new InvalidChannelException("Channel with id " + id + " already exists", true);
  }
}
