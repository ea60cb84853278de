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
  private final long timer;
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
    this.timer = vertx.setPeriodic(Math.max(1, lengthMs / 8), id -> expire());
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
    }
  }
}
