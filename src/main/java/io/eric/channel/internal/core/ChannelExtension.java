package io.eric.channel.internal.core;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What a kind of channel does beside what all channels do. Called on the channel's context. */
public interface ChannelExtension {

  /** Does nothing. */
  ChannelExtension NONE = new ChannelExtension() {};

  /** The channel's log is open, and nobody has reached the channel yet. */
  default void opened(OpenChannel channel) {}

  /** Nobody reaches the channel any more. May be called again. */
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
