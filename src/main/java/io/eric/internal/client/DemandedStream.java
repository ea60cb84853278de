package io.eric.internal.client;

import io.eric.MessageStream;
import io.eric.UnavailableException;
import io.eric.internal.CallersContext;
import io.eric.internal.UserHandler;
import io.vertx.core.Closeable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The user's side of a stream: its handlers, and how many items they have asked for. Handlers may
 * be set and items asked for from any thread. Everything else happens on the context that made the
 * stream.
 *
 * @param <T> the form of the items
 */
public abstract class DemandedStream<T> implements MessageStream<T> {

  protected final Vertx vertx;
  protected final Context context;
  private final String what;
  private final AtomicLong demand = new AtomicLong(Long.MAX_VALUE);
  private final Promise<Void> attached = Promise.promise();
  private volatile @Nullable Handler<T> handler;
  private volatile @Nullable Handler<Void> endHandler;
  private volatile @Nullable Handler<Throwable> exceptionHandler;

  /**
   * Ends the stream when its verticle is undeployed, so that the channel does not wait for it.
   * Without a verticle, Vert.x calls this on the thread that closes Vert.x.
   */
  private final Closeable undeployed =
      done ->
          onContext(
              () -> {
                closed();
                done.succeed();
              });

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
    try {
      return CallersContext.of(
          vertx,
          () -> {
            Promise<Void> closed = Promise.promise();
            // At once if the caller is the handler: it gets no item after the one it has at hand.
            onContext(() -> closed().onComplete(closed));
            return closed.future();
          });
    } catch (RejectedExecutionException ended) {
      return Future.succeededFuture(); // Vert.x is closed, and its streams with it
    }
  }

  @Override
  public final MessageStream<T> handler(@Nullable Handler<T> handler) {
    this.handler = handler;
    if (handler != null) {
      try {
        onContext(this::open); // at once if possible, so that it has what the caller publishes next
      } catch (RejectedExecutionException closed) {
        report(new UnavailableException("this Vert.x is closed"));
        UserHandler.call(endHandler, what);
      }
    }
    return this;
  }

  /** Does work on the stream's context: at once if the caller is there, else later. */
  protected final void onContext(Runnable work) {
    if (Vertx.currentContext() == context) {
      work.run();
    } else {
      context.runOnContext(v -> work.run());
    }
  }

  @Override
  public final Future<Void> attached() {
    Future<Void> known = attached.future();
    return known.isComplete() ? known : CallersContext.of(vertx, () -> known);
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
    if (amount < 0) {
      throw new IllegalArgumentException("amount is " + amount + ", it must be at least 0");
    }
    demand.accumulateAndGet(amount, (now, more) -> now + more < 0 ? Long.MAX_VALUE : now + more);
    try {
      context.runOnContext(v -> handOut());
    } catch (RejectedExecutionException closed) {
      return this; // the stream has ended with Vert.x, so nothing is left to hand out
    }
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
    UserHandler.call(handler, item, what);
  }

  /** Lets the stream end with its verticle from now on. */
  protected final void endWithVerticle() {
    ((ContextInternal) context).addCloseHook(undeployed);
  }

  /** Notes that the stream is attached. Idempotent. */
  protected final void reportAttached() {
    attached.tryComplete();
  }

  /** Tells the user why the stream fails. It has to be ended afterwards. */
  protected final void report(Throwable reason) {
    attached.tryFail(reason);
    UserHandler.fail(exceptionHandler, reason, what);
  }

  /** Calls the end handler, if there is one. The stream needs its verticle no more. */
  protected final void reportEnd() {
    ((ContextInternal) context).removeCloseHook(undeployed);
    attached.tryFail(new IllegalStateException("the stream has ended before it was attached"));
    UserHandler.call(endHandler, what);
  }
}
