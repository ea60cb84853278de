package io.eric.internal.client;

import io.eric.internal.protocol.ChannelRequest;
import io.vertx.core.Future;

/** The way from readers to the channels, wherever they are. For any thread. */
public interface ChannelLink {

  /**
   * Asks a channel.
   *
   * @return the channel's answer; fails with an {@link io.eric.EricException}
   */
  <T> Future<T> ask(String channel, ChannelRequest question);

  /**
   * As {@link #ask}, for questions that may have to wait for a listener's own {@code onMessage},
   * with a longer time-out.
   */
  <T> Future<T> askLong(String channel, ChannelRequest question);

  /** Tells a channel something that it does not answer, and that may be lost. */
  void tell(String channel, ChannelRequest news);
}
