package io.eric.edge;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** A door's streams. */
public final class Edge {

  /** Create it on the context of the door's verticle, where everything of it happens. */
  public Edge(Vertx vertx, StreamFormat format, EdgeOptions options) {
    throw new UnsupportedOperationException("being written by the lead");
  }

  /** Starts to take deliveries. */
  public Future<Void> start() {
    throw new UnsupportedOperationException();
  }

  /**
   * Attaches a stream to a listener (or, without one, a watcher) of a channel. Nothing is written
   * before {@link EdgeStream#begin}.
   *
   * @param after a position to resume after, as the client wrote it, or null
   * @return fails with an EricException
   */
  public Future<EdgeStream> open(
      String channel, @Nullable String listener, @Nullable String after) {
    throw new UnsupportedOperationException();
  }

  /** How many streams are open. */
  public int streams() {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends all streams with {@code _eric_goodbye} and a jittered retry, spread evenly over the given
   * time.
   */
  public Future<Void> drain(long overMs) {
    throw new UnsupportedOperationException();
  }

  /** Detaches and ends everything at once. Idempotent. */
  public Future<Void> close() {
    throw new UnsupportedOperationException();
  }
}
