package io.eric.http;

import io.vertx.core.Vertx;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Deadlines of one common length, cheap enough for one per request: they expire in the order in
 * which they were started, so one timer looks at the oldest. One expires up to an eighth late. On
 * one event loop only.
 */
final class Deadlines {

  private final Vertx vertx;
  private final long lengthNanos;
  private final long timer;
  private final Set<Deadline> running = new LinkedHashSet<>();

  Deadlines(Vertx vertx, long lengthMs) {
    this.vertx = vertx;
    this.lengthNanos = TimeUnit.MILLISECONDS.toNanos(lengthMs);
    this.timer = vertx.setPeriodic(Math.max(1, lengthMs / 8), id -> expire());
  }

  /** Starts a deadline. */
  Deadline start(Runnable expired) {
    Deadline deadline = new Deadline(System.nanoTime() + lengthNanos, expired);
    running.add(deadline);
    return deadline;
  }

  /** Nothing expires any more. */
  void close() {
    vertx.cancelTimer(timer);
    running.clear();
  }

  private void expire() {
    long now = System.nanoTime();
    while (!running.isEmpty()) {
      Deadline oldest = running.iterator().next();
      if (oldest.at - now > 0) {
        return;
      }
      running.remove(oldest);
      oldest.expired.run();
    }
  }

  /** Runs out unless it is cancelled before. */
  final class Deadline {

    private final long at;
    private final Runnable expired;

    private Deadline(long at, Runnable expired) {
      this.at = at;
      this.expired = expired;
    }

    /** Idempotent. */
    void cancel() {
      running.remove(this);
    }
  }
}
