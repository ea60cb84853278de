package io.eric.log.redis;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Saves in the background what changes often, one request at a time. All changes that come while a
 * save is under way share the next one. Used on one context.
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
   * Creates a flusher with nothing to save.
   *
   * @param delayMs how long to collect changes before a save, in milliseconds
   * @param save saves what has changed; if that fails, it must remember the changes for the next
   *     time
   */
  Flusher(Vertx vertx, long delayMs, Supplier<Future<Void>> save) {
    this.vertx = vertx;
    this.delayMs = delayMs;
    this.save = save;
  }

  /** Asks for a save, and completes when one that began after this call is done. */
  Future<Void> flush() {
    Promise<Void> waiting = next;
    if (waiting == null) {
      waiting = Promise.promise();
      next = waiting;
      schedule();
    }
    return waiting.future();
  }

  /** Does the same as {@link #flush()}, without the delay. */
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
