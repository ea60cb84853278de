package io.eric.http.internal.guard;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines of one common length, cheap enough for one per request. They expire in the order in
 * which they were started, so they form a list whose oldest is checked by one timer. A deadline
 * expires up to an eighth of the length late. On one event loop only.
 */
public final class Deadlines {

  private final Vertx vertx;
  private final long lengthNanos;
  private final long periodMs;
  private long timer;
  private boolean retired;
  private @Nullable Deadline oldest;
  private @Nullable Deadline newest;

  /**
   * Creates deadlines on the current context and starts their timer.
   *
   * @param lengthMs the length of each, in milliseconds
   */
  public Deadlines(Vertx vertx, long lengthMs) {
    this.vertx = vertx;
    this.lengthNanos = TimeUnit.MILLISECONDS.toNanos(lengthMs);
    this.periodMs = Math.max(1, lengthMs / 8);
    startTimer();
  }

  /**
   * Starts a deadline.
   *
   * @param expired runs when the length has passed, unless the deadline is cancelled before
   */
  public Deadline start(Runnable expired) {
    Deadline deadline = new Deadline(System.nanoTime() + lengthNanos, expired);
    deadline.older = newest;
    if (newest == null) {
      oldest = deadline;
      if (retired) {
        startTimer();
      }
    } else {
      newest.newer = deadline;
    }
    newest = deadline;
    return deadline;
  }

  /** Cancels all deadlines and stops the timer. */
  public void close() {
    vertx.cancelTimer(timer);
    while (oldest != null) {
      oldest.cancel();
    }
  }

  /**
   * Lets the timer run only while a deadline is running, from now on. Deadlines still expire, those
   * that are started later included.
   */
  public void retire() {
    retired = true;
    stopUnusedTimer();
  }

  private void startTimer() {
    timer = vertx.setPeriodic(periodMs, id -> expire());
  }

  private void stopUnusedTimer() {
    if (retired && oldest == null) {
      vertx.cancelTimer(timer);
    }
  }

  private void expire() {
    long now = System.nanoTime();
    for (Deadline due = oldest; due != null && due.at - now <= 0; due = oldest) {
      due.cancel();
      due.expired.run();
    }
  }

  /** A deadline that expires unless it is cancelled before. */
  public final class Deadline {

    private final long at;
    private final Runnable expired;
    private boolean running = true;
    private @Nullable Deadline older;
    private @Nullable Deadline newer;

    private Deadline(long at, Runnable expired) {
      this.at = at;
      this.expired = expired;
    }

    /** Cancels the deadline. Idempotent. */
    public void cancel() {
      if (!running) {
        return;
      }
      running = false;
      if (older == null) {
        oldest = newer;
      } else {
        older.newer = newer;
      }
      if (newer == null) {
        newest = older;
      } else {
        newer.older = older;
      }
      older = null;
      newer = null;
      stopUnusedTimer();
    }
  }
}
