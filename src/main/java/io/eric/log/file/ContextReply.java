package io.eric.log.file;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer of the writer, which is given on the context that has asked.
 *
 * @param context null if a thread without a context has asked: then the answer is given on the
 *     writer's thread
 */
record ContextReply<T>(@Nullable Context context, Promise<T> promise) {

  private static final Logger LOG = LoggerFactory.getLogger(ContextReply.class);

  /** Makes a reply to the context of the caller. */
  static <T> ContextReply<T> toCaller() {
    return new ContextReply<>(Vertx.currentContext(), Promise.promise());
  }

  /** Makes a reply to a context. */
  static <T> ContextReply<T> to(Context context) {
    return new ContextReply<>(context, Promise.promise());
  }

  /** Makes a reply that is given on the writer's thread, for the writer's own requests. */
  static <T> ContextReply<T> toWriter() {
    return new ContextReply<>(null, Promise.promise());
  }

  Future<T> future() {
    return promise.future();
  }

  void complete(T result) {
    run(() -> promise.complete(result));
  }

  /** Answers that it is done, without a result. */
  void complete() {
    run(promise::complete);
  }

  void fail(Throwable failure) {
    run(() -> promise.fail(failure));
  }

  private void run(Runnable answer) {
    Context asking = context;
    if (asking == null) {
      try {
        answer.run();
      } catch (RuntimeException e) { // the caller's fault, for which the writer must not end
        LOG.error("what follows an answer of the store has failed", e);
      }
      return;
    }
    try {
      asking.runOnContext(ignored -> answer.run());
    } catch (RejectedExecutionException e) {
      promise.tryFail(e); // Vert.x is closed, so the context cannot take the answer any more
    }
  }
}
