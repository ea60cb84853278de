package io.eric.internal.client;

import io.eric.MessageStream;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user's side of a stream: its handlers, and how many items they have asked for. Handlers are
 * set and items are asked for from any thread. Everything else happens on the context that made the
 * stream.
 *
 * @param <T> the form of the items
 */
public abstract class DemandedStream<T> implements MessageStream<T> {

  private static final Logger logger = LoggerFactory.getLogger(DemandedStream.class);

  protected final Context context;
  private final String what;
  private final AtomicLong demand = new AtomicLong(Long.MAX_VALUE);
  private volatile @Nullable Handler<T> handler;
  private volatile @Nullable Handler<Void> endHandler;
  private volatile @Nullable Handler<Throwable> exceptionHandler;

  /**
   * A stream on the caller's context.
   *
   * @param what the stream's name in the log
   */
  protected DemandedStream(Vertx vertx, String what) {
    this.context = vertx.getOrCreateContext();
    this.what = what;
  }

  /** Opens the stream, because it has a handler; called again when the handler is replaced. */
  protected abstract void open();

  /** Hands out what is there, because more is asked for. */
  protected abstract void handOut();

  @Override
  public final MessageStream<T> handler(@Nullable Handler<T> handler) {
    this.handler = handler;
    if (handler != null) {
      if (Vertx.currentContext() == context) {
        open(); // at once: what the caller publishes next is for this stream already
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

  /** Whether an item would be taken at this moment. */
  protected final boolean isDemanded() {
    return demand.get() > 0 && handler != null;
  }

  /** Gives an item that was asked for. */
  protected final void give(T item) {
    demand.updateAndGet(left -> left == Long.MAX_VALUE || left == 0 ? left : left - 1);
    giveUnasked(item);
  }

  /** Gives the item that says why the stream ends. A handler that fails does not stop a stream. */
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

  /** Reports what went wrong. */
  protected final void report(Throwable reason) {
    Handler<Throwable> receiver = exceptionHandler;
    if (receiver != null) {
      receiver.handle(reason);
    }
  }

  /** Reports the end. */
  protected final void reportEnd() {
    Handler<Void> receiver = endHandler;
    if (receiver != null) {
      receiver.handle(null);
    }
  }
}
