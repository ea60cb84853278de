package io.eric;

/** There is no such channel, or it exists already. */
public final class InvalidChannelException extends EricException {

  private static final long serialVersionUID = 1L;

  InvalidChannelException(String message, boolean exists) {
    super("InvalidChannelException", exists ? 409 : 404, message, null);
  }

  /** No channel has this id. */
  public static InvalidChannelException unknown(String id) {
    return new InvalidChannelException("No channel with id " + id, false);
  }

  /** A channel with this id exists already. */
  public static InvalidChannelException exists(String id) {
    return new InvalidChannelException("Channel with id " + id + " already exists", true);
  }
}
