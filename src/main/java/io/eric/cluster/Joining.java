package io.eric.cluster;

import com.hazelcast.core.OperationTimeoutException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node that joins its cluster, until it has joined or is given up. Hazelcast misses the answer to
 * a question that was lost with its connection only after twice its call time-out, two minutes; who
 * runs under load needs that time-out, and who starts does not want to wait for it.
 */
final class Joining {

  private static final Logger logger = LoggerFactory.getLogger(Joining.class);

  /** Joining takes a second, on busy machines ten. */
  static final int DEADLINE_SECONDS = 30;

  /** How often a node that is given up is ended again, for Hazelcast may not be there yet. */
  static final int REPEAT_SECONDS = 1;

  /** The thread that joins, the event loop and the scheduler's thread meet here. */
  private final AtomicReference<State> state = new AtomicReference<>(State.JOINING);

  private final Future<Vertx> attempt;
  private final Runnable terminate;
  private final Scheduler scheduler;
  private final Promise<Vertx> result = Promise.promise();

  private enum State {
    JOINING,
    JOINED,
    GIVEN_UP
  }

  /** Runs something later, on any thread that may block. */
  @FunctionalInterface
  interface Scheduler {
    void after(int seconds, Runnable task);
  }

  private Joining(Future<Vertx> attempt, Runnable terminate, Scheduler scheduler) {
    this.attempt = attempt;
    this.terminate = terminate;
    this.scheduler = scheduler;
  }

  /**
   * Waits for an attempt to join.
   *
   * @param terminate ends Hazelcast, as far as it is there, so that the attempt fails; may be
   *     called again
   * @return fails with {@link OperationTimeoutException} if it takes too long, else as the attempt
   *     does; whenever it fails, nothing of the node is left
   */
  static Future<Vertx> awaited(Future<Vertx> attempt, Runnable terminate, Scheduler scheduler) {
    Joining joining = new Joining(attempt, terminate, scheduler);
    attempt.onComplete(joining::ended);
    scheduler.after(DEADLINE_SECONDS, joining::deadline);
    return joining.result.future();
  }

  private void ended(AsyncResult<Vertx> joined) {
    boolean inTime = state.compareAndSet(State.JOINING, State.JOINED);
    if (joined.failed()) {
      end(); // the manager does not close what it has not finished to open
      result.fail(inTime ? joined.cause() : tooLong());
    } else if (inTime) {
      result.complete(joined.result());
    } else {
      joined.result().close().onComplete(closed -> result.fail(tooLong()));
    }
  }

  private void deadline() {
    if (state.compareAndSet(State.JOINING, State.GIVEN_UP)) {
      giveUp();
    }
  }

  private void giveUp() {
    if (!attempt.isComplete()) {
      end();
      scheduler.after(REPEAT_SECONDS, this::giveUp);
    }
  }

  /** What is told and asked again does not depend on how that ends. */
  private void end() {
    try {
      terminate.run();
    } catch (RuntimeException e) {
      logger.warn("a Hazelcast that did not join could not be ended: {}", e.toString());
    }
  }

  private static OperationTimeoutException tooLong() {
    return new OperationTimeoutException("joining took more than " + DEADLINE_SECONDS + " s");
  }
}
