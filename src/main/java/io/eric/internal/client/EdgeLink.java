package io.eric.internal.client;

import io.eric.internal.protocol.ChannelResponse;
import io.vertx.core.Future;

/** The way from a channel to the edges, wherever they are. */
public interface EdgeLink {

  /** Tells an edge something that it does not answer. */
  void tell(String edge, ChannelResponse news);

  /**
   * Has an edge end a stream.
   *
   * @return the sequence up to which the kernel has everything, -1 if the edge does not know that
   *     or the stream; fails if it does not answer
   */
  Future<Long> end(String edge, ChannelResponse.End end);

  /** Asks an edge whether it has a stream; fails if it does not answer. */
  Future<Boolean> wants(String edge, ChannelResponse.StillWanted question);
}
