package io.eric.channel.internal;

import io.eric.channel.SSEChannel;
import io.eric.log.MessageStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/**
 * Where the channels of a hub live when the hub has several nodes. A container that was given one
 * asks it before it opens a channel, and hears from it which channels there are. Without one, all
 * channels live in the container.
 *
 * <p>Safe from any thread.
 */
public interface Placement {

  /**
   * Creates an {@link SSEChannel} on the node where it belongs.
   *
   * @param options all its options, the defaults included
   * @return completed when every node knows it; fails with {@link io.eric.InvalidChannelException}
   *     if there is one already
   */
  Future<Void> create(String id, JsonObject options);

  /**
   * Claims a channel for this node because its object exists only here: no other node can open it.
   *
   * @return how to open it; fails with {@link io.eric.InvalidChannelException} if it is open on a
   *     node that lives
   */
  Future<Ownership> claim(String id);

  /** A claimed channel is open. Completed when every node knows it. */
  Future<Void> opened(String id);

  /** A channel was removed on this node. Completed when every node has forgotten it. */
  Future<Void> removed(String id);

  /** Whether there is such a channel, on whatever node. */
  boolean knows(String id);

  /** All ids, in order of creation. */
  CreationOrder order();

  /** Fails if this node can serve nothing at this moment, with the reason. */
  Future<Void> readiness();

  /**
   * Proves that this node belongs, at a moment after this call, to a part of the cluster that may
   * write. A node that was frozen believes so until it hears of its loss.
   *
   * @return completes on the caller's context; fails with {@link io.eric.UnavailableException} if
   *     that cannot be proved soon
   */
  default Future<Void> prove() {
    return Future.succeededFuture();
  }

  /**
   * What an owner needs to open a channel.
   *
   * @param term the number of this ownership
   * @param store opens the channel's log for this term only
   */
  record Ownership(long term, MessageStore store) {}
}
