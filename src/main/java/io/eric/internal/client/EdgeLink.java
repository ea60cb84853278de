package io.eric.internal.client;

import io.eric.internal.protocol.ChannelResponse;
import io.vertx.core.Future;

/** The way from a channel to the edges, wherever they are. */
public interface EdgeLink {

  /** Tells an edge something that it does not answer, and that may be lost. */
  void tell(String edge, ChannelResponse news);

  /**
   * Makes an edge end a stream.
   *
   * @return the sequence up to which everything was handed on (to the kernel, or to the reading
   *     program); -1 if the edge does not know that or the stream; fails if the edge does not
   *     answer
   */
  Future<Long> end(String edge, ChannelResponse.End end);

  /**
   * Asks an edge whether it still has a stream; false if the edge is gone. Fails if the edge does
   * not answer.
   */
  Future<Boolean> wants(String edge, ChannelResponse.StillWanted question);
}
