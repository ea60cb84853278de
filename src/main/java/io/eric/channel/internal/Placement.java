package io.eric.channel.internal;

import io.eric.channel.SSEChannel;
import io.eric.channel.internal.overflow.LogBudget;
import io.eric.log.MessageStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Decides where the channels of a hub live when the hub has several nodes. A container that was
 * given a placement asks it before it opens a channel, and learns from it which channels exist.
 * Without a placement, all channels live in the container.
 *
 * <p>Its methods may be called from any thread.
 */
public interface Placement {

  /**
   * Creates an {@link SSEChannel} on the node where it belongs.
   *
   * @param options all its options, the defaults included
   * @return completed when every node knows the channel; fails with {@link
   *     io.eric.InvalidChannelException} if it exists already
   */
  Future<Void> create(String id, JsonObject options);

  /**
   * Claims a channel for this node because its object exists only here: no other node can open it.
   *
   * @return how to open it; fails with {@link io.eric.InvalidChannelException} if it is open on a
   *     node that is alive
   */
  Future<Ownership> claim(String id);

  /** Announces that a claimed channel is open. The future completes when every node knows it. */
  Future<Void> opened(String id);

  /**
   * Announces that a channel was removed on this node. The future completes when every node has
   * forgotten it.
   */
  Future<Void> removed(String id);

  /** Returns whether there is such a channel, on any node. */
  boolean knows(String id);

  /** Returns all ids, in order of creation. */
  CreationOrder order();

  /**
   * Completes if this node can serve; fails with the reason if it can serve nothing at this moment.
   */
  Future<Void> readiness();

  /**
   * Proves that this node owns a channel at a moment after this call. The proof is needed because a
   * node that was frozen believes itself an owner until it hears of its loss.
   *
   * @return completes on the caller's context; fails with {@link io.eric.UnavailableException} if
   *     that cannot be proved soon
   */
  default Future<Void> prove(String id) {
    return Future.succeededFuture();
  }

  /**
   * The term and the store with which an owner opens a channel.
   *
   * @param term the number of this ownership
   * @param store opens the channel's log for this term only
   * @param budget bounds the heap of this log and others; {@code null} for the hub's own
   */
  record Ownership(long term, MessageStore store, @Nullable LogBudget budget) {

    /** Creates an ownership of a log that is counted against the hub's budget. */
    public Ownership(long term, MessageStore store) {
      this(term, store, null);
    }
  }
}
