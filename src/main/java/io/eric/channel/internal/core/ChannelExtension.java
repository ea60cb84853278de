package io.eric.channel.internal.core;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Adds to a kind of channel what not all channels do. Its methods are called on the channel's
 * context.
 */
public interface ChannelExtension {

  /** Does nothing. */
  ChannelExtension NONE = new ChannelExtension() {};

  /** Called when the channel's log is open and the channel cannot be reached yet. */
  default void opened(OpenChannel channel) {}

  /**
   * Called when the channel cannot be reached any more, or its start has failed. It may be called
   * more than once.
   */
  default void closed() {}

  /**
   * Executes a command that only this kind of channel has.
   *
   * @return its result, or null if the command is none of this kind's own
   * @throws io.eric.EricException if the command is malformed or cannot be executed
   */
  default @Nullable Future<?> execute(JsonObject command) {
    return null;
  }
}
