package io.eric;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a listener or watcher, in order. The stream begins to open when its handler is
 * set, and calls its handlers on the context that created the stream. The channel knows the stream
 * when {@link #attached} completes: a watcher that begins with the next message may lack what is
 * published before. On the stream's own context there is nothing to wait for: what is published
 * there after the handler is set reaches the channel after the stream. A paused stream stops
 * reading: its messages stay in the channel's log, so no memory is used for them here.
 *
 * <p>A handler that throws does not stop the stream; what it throws is logged. A stream that fails,
 * because there is no such channel or listener or because the hub cannot serve, calls its exception
 * handler and ends. Without an exception handler, the reason is logged.
 *
 * <p>A stream that is dropped without being closed keeps its listener attached. Close it, stop its
 * listener, or undeploy the verticle that created it.
 *
 * @param <T> the form that messages have here
 */
public interface MessageStream<T> extends ReadStream<T> {

  /**
   * Returns when the channel knows the stream, so that the stream has every message that is
   * published from then on. May be called at any time and from any thread, repeatedly too; it opens
   * nothing, so the handler has to be set.
   *
   * @return completes on the caller's context, once the stream is attached for the first time. A
   *     stream of a {@code SocketClient} learns this only from its first message. Fails with the
   *     exception that the exception handler is given, or with an {@link IllegalStateException} if
   *     the stream ends before without one: its listener is stopped, or the stream was closed
   */
  Future<Void> attached();

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
