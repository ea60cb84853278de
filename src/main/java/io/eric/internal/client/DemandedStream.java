package io.eric.internal.client;

import io.eric.MessageStream;
import io.eric.internal.CallersContext;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user's side of a stream: its handlers, and how many items they have asked for. Handlers may
 * be set and items asked for from any thread. Everything else happens on the context that made the
 * stream.
 *
 * @param <T> the form of the items
 */
public abstract class DemandedStream<T> implements MessageStream<T> {

  private static final Logger logger = LoggerFactory.getLogger(DemandedStream.class);

  protected final Vertx vertx;
  protected final Context context;
  private final String what;
  private final AtomicLong demand = new AtomicLong(Long.MAX_VALUE);
  private volatile @Nullable Handler<T> handler;
  private volatile @Nullable Handler<Void> endHandler;
  private volatile @Nullable Handler<Throwable> exceptionHandler;

  /**
   * Creates a stream on the caller's context; it demands everything until it is paused.
   *
   * @param what the stream's name in the log
   */
  protected DemandedStream(Vertx vertx, String what) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.what = what;
  }

  /**
   * Opens the stream, because it has a handler. Called again when the handler is replaced, on the
   * stream's context.
   */
  protected abstract void open();

  /** Hands out items that are there, because more are demanded. On the stream's context. */
  protected abstract void handOut();

  /**
   * Ends the stream, because its user closes it. On the stream's context.
   *
   * @return completes when nothing more happens because of the stream
   */
  protected abstract Future<Void> closed();

  @Override
  public final Future<Void> close() {
    return CallersContext.of(
        vertx,
        () -> {
          Promise<Void> closed = Promise.promise();
          context.runOnContext(v -> closed().onComplete(closed));
          return closed.future();
        });
  }

  @Override
  public final MessageStream<T> handler(@Nullable Handler<T> handler) {
    this.handler = handler;
    if (handler != null) {
      if (Vertx.currentContext() == context) {
        open(); // at once, so that the stream has what the caller publishes next
      } else {
        context.runOnContext(v -> open());
      }
    }
    return this;
  }

  @Override
  public final MessageStream<T> pause() {
    demand.set(0);
    return this;
  }

  @Override
  public final MessageStream<T> resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public final MessageStream<T> fetch(long amount) {
    demand.accumulateAndGet(amount, (now, more) -> now + more < 0 ? Long.MAX_VALUE : now + more);
    context.runOnContext(v -> handOut());
    return this;
  }

  @Override
  public final MessageStream<T> endHandler(@Nullable Handler<Void> endHandler) {
    this.endHandler = endHandler;
    return this;
  }

  @Override
  public final MessageStream<T> exceptionHandler(@Nullable Handler<Throwable> handler) {
    this.exceptionHandler = handler;
    return this;
  }

  /** Returns whether an item would be taken at this moment. */
  protected final boolean isDemanded() {
    return demand.get() > 0 && handler != null;
  }

  /** Gives the handler an item that was demanded. */
  protected final void give(T item) {
    demand.updateAndGet(left -> left == Long.MAX_VALUE || left == 0 ? left : left - 1);
    giveUnasked(item);
  }

  /**
   * Gives the handler the item with the reason why the stream ends, even if it was not demanded. An
   * exception of the handler is logged and does not stop the stream.
   */
  protected final void giveUnasked(T item) {
    Handler<T> receiver = handler;
    if (receiver == null) {
      return;
    }
    try {
      receiver.handle(item);
    } catch (RuntimeException e) {
      logger.error("a handler of {} failed", what, e);
    }
  }

  /** Calls the exception handler, if there is one. */
  protected final void report(Throwable reason) {
    Handler<Throwable> receiver = exceptionHandler;
    if (receiver != null) {
      receiver.handle(reason);
    }
  }

  /** Calls the end handler, if there is one. */
  protected final void reportEnd() {
    Handler<Void> receiver = endHandler;
    if (receiver != null) {
      receiver.handle(null);
    }
  }
}
