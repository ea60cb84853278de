package io.eric.internal;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Completes a future on its caller's context. Work on a channel's context or a store's thread
 * completes there. Without this class the caller's next step would run there too, concurrently with
 * the caller's other work.
 */
public final class CallersContext {

  private CallersContext() {}

  /**
   * Does work whose future may complete on any thread.
   *
   * @param work called at once, on the caller's thread
   * @return completes on the caller's context; a caller that has none is given one, as the event
   *     bus does
   */
  public static <T> Future<T> of(Vertx vertx, Supplier<Future<T>> work) {
    return on((ContextInternal) vertx.getOrCreateContext(), work.get());
  }

  /**
   * Does the same as {@link #of(Vertx, Supplier)} where no Vert.x instance is at hand. A caller
   * without a context is therefore not given one.
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
