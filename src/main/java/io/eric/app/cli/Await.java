package io.eric.app.cli;

import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;

/** Waits for asynchronous results on the main thread, which is no event loop. */
public final class Await {

  private Await() {}

  /**
   * The result; the failure is thrown as it is if it is unchecked, else as the cause of another.
   */
  public static <T> T forResult(Future<T> future) throws Exception {
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
