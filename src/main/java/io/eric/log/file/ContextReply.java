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
 * Where an answer of the writer goes: to the context that has asked.
 *
 * @param context null if a plain thread has asked, which the writer answers on its own
 */
record ContextReply<T>(@Nullable Context context, Promise<T> promise) {

  private static final Logger LOG = LoggerFactory.getLogger(ContextReply.class);

  /** To the caller. */
  static <T> ContextReply<T> toCaller() {
    return new ContextReply<>(Vertx.currentContext(), Promise.promise());
  }

  /** To a context. */
  static <T> ContextReply<T> to(Context context) {
    return new ContextReply<>(context, Promise.promise());
  }

  /** To whoever looks at the future: answered on the writer's thread. */
  static <T> ContextReply<T> toNobody() {
    return new ContextReply<>(null, Promise.promise());
  }

  Future<T> future() {
    return promise.future();
  }

  void complete(T result) {
    run(() -> promise.complete(result));
  }

  /** With nothing to say but that it is done. */
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
      } catch (RuntimeException e) { // the asker's, and no reason for the writer to end
        LOG.error("what follows an answer of the store has failed", e);
      }
      return;
    }
    try {
      asking.runOnContext(ignored -> answer.run());
    } catch (RejectedExecutionException e) {
      promise.tryFail(e); // Vert.x is closed, and nobody listens any more
    }
  }
}
