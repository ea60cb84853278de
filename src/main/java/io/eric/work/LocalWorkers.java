package io.eric.work;

import io.eric.Message;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * The workers of this JVM on one queue. Each of them processes one message at a time on a thread of
 * the pool; everything but the work itself happens on the channel's context.
 */
final class LocalWorkers implements WorkTaker {

  private static final long REJECTED_PAUSE_MS = 100;

  private final Vertx vertx;
  private final Context context;
  private final WorkPool pool;
  private final int maxWorkers;
  private final WorkQueue queue;
  private final Work work;
  private int busy;
  private boolean queued;
  private boolean pausing;

  /** The work on each message, which may block. */
  @FunctionalInterface
  interface Work {
    /** Returns the message as it is after processing. */
    Future<Message> process(Message message) throws Exception;
  }

  LocalWorkers(
      Vertx vertx, Context context, WorkPool pool, int maxWorkers, WorkQueue queue, Work work) {
    this.vertx = vertx;
    this.context = context;
    this.pool = pool;
    this.maxWorkers = maxWorkers;
    this.queue = queue;
    this.work = work;
  }

  /** Asks the queue for as many messages as there are idle workers. */
  void start() {
    if (!queued && wants() > 0) {
      queued = true;
      queue.take(this);
    }
  }

  @Override
  public int wants() {
    return pausing ? 0 : maxWorkers - busy;
  }

  @Override
  public void give(List<WorkItem> items) {
    queued = false;
    if (queue.isClosed()) {
      return;
    }
    for (WorkItem item : items) {
      run(item);
    }
    start();
  }

  private void run(WorkItem item) {
    Message message = queue.message(item);
    busy++;
    try {
      pool.execute(() -> process(item, message));
    } catch (RejectedExecutionException e) {
      busy--;
      rejected(item, e);
    }
  }

  /** Processes a message, on a thread of the pool. */
  private void process(WorkItem item, Message message) {
    Future<Message> processed;
    try {
      processed = work.process(message);
      // whatever it is, the other workers go on and the message gets an outcome
    } catch (Throwable e) {
      processed = Future.failedFuture(e);
    }
    processed.onComplete(result -> context.runOnContext(v -> finished(item, result)));
  }

  private void finished(WorkItem item, AsyncResult<Message> result) {
    busy--;
    if (result.succeeded()) {
      queue.done(item, result.result());
    } else {
      queue.failed(item, result.cause());
    }
    start();
  }

  /** Asks a full pool again later, and ends the processing if the pool is shut down. */
  private void rejected(WorkItem item, RejectedExecutionException failure) {
    if (pool.isShutdown()) {
      queue.fail(failure);
      return;
    }
    if (!pausing) {
      pausing = true;
      vertx.setTimer(
          REJECTED_PAUSE_MS,
          timer -> {
            pausing = false;
            start();
            queue.fill();
          });
    }
    queue.giveBack(item);
  }
}
