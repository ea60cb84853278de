package io.eric.cluster;

import io.eric.internal.Loop;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A write that may be repeated as it is, and is until its outcome is known. Hazelcast does not say
 * that a write's backup was on its way to a member which died: it says nothing for five seconds. So
 * who has no answer asks again beside the first attempt, and what is answered first counts.
 *
 * <p>Belongs to the loop that its attempts are answered on.
 *
 * @param <T> what the write gives; null is a refusal, and final
 */
final class RepeatedWrite<T extends @Nullable Object> {

  /**
   * Several times of what a write takes, and well below the time in which a client gives up. Each
   * further attempt waits twice as long, for it may be a burden that keeps the answers away.
   */
  static final long FIRST_UNANSWERED_MS = 250;

  /**
   * Some attempts may wait for a backup that died while the next gets through. A dead member is
   * known as such within a second or two, that is before the last of these.
   */
  static final int MOST_AT_ONCE = 4;

  static final long FIRST_PAUSE_MS = 50;
  static final long LONGEST_PAUSE_MS = 500;

  private final Supplier<Future<T>> attempt;
  private final Predicate<Throwable> isFinal;
  private final int mostUnderWay;
  private final Loop loop;
  private final Promise<T> outcome = Promise.promise();
  private final Promise<Void> quiet = Promise.promise();
  private State state = State.WRITING;
  private int underWay;
  private long unansweredMs = FIRST_UNANSWERED_MS;
  private long pauseMs = FIRST_PAUSE_MS;

  /** Makes the next attempt. */
  private Loop.@Nullable Timer next;

  private enum State {
    WRITING,
    SETTLED
  }

  /**
   * A write.
   *
   * @param isFinal whether a failure ends it
   * @param mostUnderWay attempts that may wait for their answers at once; 1 for a write that must
   *     not be done once more after the outcome is known
   */
  RepeatedWrite(
      Supplier<Future<T>> attempt, Predicate<Throwable> isFinal, int mostUnderWay, Loop loop) {
    this.attempt = attempt;
    this.isFinal = isFinal;
    this.mostUnderWay = mostUnderWay;
    this.loop = loop;
  }

  /** Begins; gives what the first answer says, or the failure that ended it. */
  Future<T> start() {
    attempt();
    return outcome.future();
  }

  /** Completed when the outcome is known and no attempt can have an effect any more. */
  Future<Void> quiet() {
    return quiet.future();
  }

  private void attempt() {
    underWay++;
    attemptAgainAfter(unansweredMs);
    unansweredMs *= 2;
    Future<T> answer;
    try {
      answer = attempt.get();
    } catch (RuntimeException e) { // Hazelcast is shut down
      answer = Future.failedFuture(e);
    }
    answer.onComplete(this::answered);
  }

  private void answered(AsyncResult<T> answer) {
    underWay--;
    if (state == State.WRITING) {
      judge(answer);
    }
    if (state == State.SETTLED && underWay == 0) {
      quiet.complete();
    }
  }

  private void judge(AsyncResult<T> answer) {
    if (answer.succeeded() || isFinal.test(answer.cause())) {
      state = State.SETTLED;
      cancelNext();
      outcome.handle(answer);
    } else {
      attemptAgainAfter(pauseMs);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  private void attemptAgainAfter(long milliseconds) {
    cancelNext();
    next =
        loop.after(
            milliseconds,
            () -> {
              if (underWay < mostUnderWay) {
                attempt();
              }
            });
  }

  private void cancelNext() {
    if (next != null) {
      next.cancel();
    }
  }
}
