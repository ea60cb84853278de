package io.eric;

import org.jspecify.annotations.Nullable;

/**
 * How a message is published.
 *
 * @param receiver the id of the listener that the message is for; {@code null}, the default, is a
 *     broadcast to all listeners of the channel
 * @param key the publisher's name for the message, at most 128 characters: a repeat with the same
 *     key within the channel's {@code keysAge} is not appended again, and is answered with the
 *     position of the first; {@code null}, the default, for none
 * @param timeout how long to try, in milliseconds, at least 1: after it the publish fails with
 *     {@link UnavailableException}, and its outcome is unknown; 0, the default, is 5 seconds
 */
public record PublishOptions(@Nullable String receiver, @Nullable String key, long timeout) {

  /** A broadcast without a key. */
  public static final PublishOptions BROADCAST = new PublishOptions(null, null, 0);

  /**
   * Checks the timeout; the other values are checked when they are used.
   *
   * @throws IllegalArgumentException if the timeout is negative
   */
  public PublishOptions {
    if (timeout < 0) {
      throw new IllegalArgumentException("timeout is " + timeout + ", it must be at least 0");
    }
  }

  /** A dispatch to one listener, without a key. */
  public static PublishOptions to(String receiver) {
    return BROADCAST.withReceiver(receiver);
  }

  /** The same options for one listener. */
  public PublishOptions withReceiver(String listenerId) {
    return new PublishOptions(listenerId, key, timeout);
  }

  /** The same options with this key. */
  public PublishOptions withKey(String key) {
    return new PublishOptions(receiver, key, timeout);
  }

  /** The same options with this time-out, in milliseconds. */
  public PublishOptions withTimeout(long timeout) {
    return new PublishOptions(receiver, key, timeout);
  }
}
