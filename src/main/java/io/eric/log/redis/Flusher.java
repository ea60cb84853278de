package io.eric.log.redis;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Saves in the background what changes often: one request at a time, and what is asked for
 * meanwhile shares the next. Used on one context.
 */
final class Flusher {

  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final long delayMs;
  private final Supplier<Future<Void>> save;
  private @Nullable Promise<Void> next;
  private boolean saving;
  private long timer = NO_TIMER;

  /**
   * @param delayMs how long to collect
   * @param save saves what has changed; on failure it is to remember it for the next time
   */
  Flusher(Vertx vertx, long delayMs, Supplier<Future<Void>> save) {
    this.vertx = vertx;
    this.delayMs = delayMs;
    this.save = save;
  }

  /** Answers when a save that begins later is done. */
  Future<Void> flush() {
    Promise<Void> waiting = next;
    if (waiting == null) {
      waiting = Promise.promise();
      next = waiting;
      schedule();
    }
    return waiting.future();
  }

  /** As {@link #flush()}, without delay. */
  Future<Void> flushNow() {
    Future<Void> flushed = flush();
    if (!saving) {
      vertx.cancelTimer(timer);
      begin();
    }
    return flushed;
  }

  private void schedule() {
    if (!saving && timer == NO_TIMER) {
      timer = vertx.setTimer(delayMs, id -> begin());
    }
  }

  private void begin() {
    timer = NO_TIMER;
    Promise<Void> asked = next;
    if (asked == null) {
      return;
    }
    next = null;
    saving = true;
    save.get()
        .onComplete(
            done -> {
              saving = false;
              asked.handle(done);
              if (next != null) {
                schedule();
              }
            });
  }
}
