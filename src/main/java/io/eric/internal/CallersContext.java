package io.eric.internal;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings an answer back to its caller. What is done on a channel's context or a store's thread
 * completes there; without this, the caller's next step would run there too, beside the caller's
 * own.
 */
public final class CallersContext {

  private CallersContext() {}

  /**
   * Does something whose future completes anywhere.
   *
   * @param work called at once, on the caller's thread
   * @return completes on the caller's context; a caller outside of any is given one, as it is by
   *     the event bus
   */
  public static <T> Future<T> of(Vertx vertx, Supplier<Future<T>> work) {
    return on((ContextInternal) vertx.getOrCreateContext(), work.get());
  }

  /**
   * As {@link #of(Vertx, Supplier)}, where there is no Vert.x at hand: a caller outside of any
   * context is not given one.
   */
  public static <T> Future<T> of(Supplier<Future<T>> work) {
    @Nullable ContextInternal context = ContextInternal.current();
    return context == null ? work.get() : on(context, work.get());
  }

  private static <T> Future<T> on(ContextInternal context, Future<T> done) {
    Promise<T> answer = context.promise();
    done.onComplete(answer);
    return answer.future();
  }
}
