package io.eric;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a listener or watcher, in order. The stream opens when its handler is set, and
 * calls its handlers on the context that created the stream. A paused stream stops reading: its
 * messages stay in the channel's log, so no memory is used for them here.
 *
 * <p>A stream that is dropped without being closed keeps its listener attached. Close it, stop its
 * listener, or undeploy the verticle that created it.
 *
 * @param <T> the form that messages have here
 */
public interface MessageStream<T> extends ReadStream<T> {

  /** Detaches from the channel. No more items follow, and the end handler is called. Idempotent. */
  Future<Void> close();

  @Override
  MessageStream<T> handler(@Nullable Handler<T> handler);

  @Override
  MessageStream<T> pause();

  @Override
  MessageStream<T> resume();

  @Override
  MessageStream<T> fetch(long amount);

  @Override
  MessageStream<T> endHandler(@Nullable Handler<Void> endHandler);

  @Override
  MessageStream<T> exceptionHandler(@Nullable Handler<Throwable> handler);
}
