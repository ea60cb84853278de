package io.eric.work;

import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which messages are processed: the user's executor, or threads of the pool's own,
 * which are released with its owner.
 */
interface WorkPool {

  /**
   * Runs a task, which does not throw.
   *
   * @throws RejectedExecutionException if there is no room, or the pool is shut down
   */
  void execute(Runnable task);

  /** Returns whether the pool will never take a task again. */
  boolean isShutdown();

  /** Releases the threads if they are the pool's own. Does not wait for tasks. */
  void close();

  /** Returns a pool on the user's executor, which the user closes. */
  static WorkPool of(ExecutorService executor) {
    return new OfExecutor(executor, false);
  }

  /**
   * Creates a pool with threads of its own: virtual threads where the JVM has them, otherwise a
   * Vert.x worker executor.
   */
  static WorkPool own(Vertx vertx, String name, int threads) {
    try {
      // By reflection, because virtual threads are final since Java 21 and this code targets 17.
      ExecutorService virtual =
          (ExecutorService)
              Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
      return new OfExecutor(virtual, true);
    } catch (NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException
        | UnsupportedOperationException e) {
      // The work may take any time, so Vert.x must not warn of blocked threads.
      return new OfVertx(
          vertx.createSharedWorkerExecutor(
              name, Math.max(1, threads), Long.MAX_VALUE, TimeUnit.NANOSECONDS));
    }
  }

  /** A pool that is a plain executor. */
  record OfExecutor(ExecutorService executor, boolean own) implements WorkPool {

    @Override
    public void execute(Runnable task) {
      executor.execute(task);
    }

    @Override
    public boolean isShutdown() {
      return executor.isShutdown();
    }

    @Override
    public void close() {
      if (own) {
        executor.shutdown();
      }
    }
  }

  /** A pool of Vert.x. */
  record OfVertx(WorkerExecutor executor) implements WorkPool {

    @Override
    public void execute(Runnable task) {
      executor.executeBlocking(
          () -> {
            task.run();
            return null;
          },
          false);
    }

    @Override
    public boolean isShutdown() {
      return false; // only its owner closes it
    }

    @Override
    public void close() {
      executor.close();
    }
  }
}
