package io.eric.app.cli;

import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;

/**
 * Waits for asynchronous results on the main thread, which is not an event loop. Never call it on
 * one.
 */
final class Await {

  private Await() {}

  /**
   * Waits for the result of a future. Blocks without a limit.
   *
   * @throws Exception the failure itself if it is an exception, otherwise an {@code
   *     ExecutionException} with the failure as its cause
   */
  static <T> T forResult(Future<T> future) throws Exception {
    try {
      return future.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception failure) {
        throw failure;
      }
      throw e;
    }
  }
}
