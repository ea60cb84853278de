package io.eric;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a message is published. Immutable, so safe for any thread.
 *
 * @param receiver the id of the listener that the message is for; {@code null}, the default, means
 *     a broadcast to all listeners of the channel
 * @param key the publisher's name for the message, 1 to 128 characters: a repeat with the same key
 *     within the channel's {@code keysAge} is not appended again, and is answered with the position
 *     of the first; {@code null}, the default, means no key
 * @param timeout how long to try, in milliseconds, at least 1: after that, the publish fails with
 *     {@link UnavailableException}, and its outcome is unknown; 0, the default, means 5 seconds
 */
public record PublishOptions(@Nullable String receiver, @Nullable String key, long timeout) {

  /** The options of a broadcast without a key. */
  public static final PublishOptions BROADCAST = new PublishOptions(null, null, 0);

  /**
   * Checks the timeout. The other values are checked when they are used.
   *
   * @throws IllegalArgumentException if the timeout is negative
   */
  public PublishOptions {
    if (timeout < 0) {
      throw new IllegalArgumentException("timeout is " + timeout + ", it must be at least 0");
    }
  }

  /**
   * Returns options for a dispatch to one listener, without a key.
   *
   * @throws NullPointerException if the id is null
   */
  public static PublishOptions to(String receiver) {
    return BROADCAST.withReceiver(receiver);
  }

  /**
   * Returns the same options for a dispatch to this listener.
   *
   * @throws NullPointerException if the id is null, which must not become a broadcast
   */
  public PublishOptions withReceiver(String listenerId) {
    return new PublishOptions(Objects.requireNonNull(listenerId, "receiver"), key, timeout);
  }

  /**
   * Returns the same options with this key.
   *
   * @throws NullPointerException if the key is null
   */
  public PublishOptions withKey(String key) {
    return new PublishOptions(receiver, Objects.requireNonNull(key, "key"), timeout);
  }

  /** Returns the same options with this timeout, in milliseconds. */
  public PublishOptions withTimeout(long timeout) {
    return new PublishOptions(receiver, key, timeout);
  }
}
