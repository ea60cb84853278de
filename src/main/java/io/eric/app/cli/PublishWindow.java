package io.eric.app.cli;

import io.vertx.core.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits what a publisher has under way, in messages and in bytes, and remembers the first failure.
 * One thread sends; answers come on any thread.
 */
final class PublishWindow {

  private static final int MESSAGES = 512;
  private static final int BYTES = 1 << 20;

  private final Semaphore messages = new Semaphore(MESSAGES);
  private final Semaphore bytes = new Semaphore(BYTES);
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

  /**
   * Waits until there is room, and sends.
   *
   * @param size the size of the message in bytes; a message larger than the window goes alone
   * @param line the number of its line, which is reported if it fails
   * @return false if an earlier message has failed; this one was not sent then
   */
  boolean send(int size, long line, Supplier<Future<?>> message) throws InterruptedException {
    int share = Math.min(size, BYTES);
    messages.acquire();
    bytes.acquire(share);
    if (failure.get() != null) {
      release(share);
      return false;
    }
    message
        .get()
        .onComplete(
            done -> {
              if (done.succeeded()) {
                acknowledged.incrementAndGet();
              } else {
                failure.compareAndSet(null, new Failure(line, done.cause()));
              }
              release(share);
            });
    return true;
  }

  private void release(int share) {
    bytes.release(share);
    messages.release();
  }

  /** Waits for all answers. */
  void awaitAll() throws InterruptedException {
    messages.acquire(MESSAGES);
    messages.release(MESSAGES);
  }

  /** Returns how many messages are in the channel's log. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** Returns why the first message failed that did; null if none has. */
  @Nullable Throwable failure() {
    Failure first = failure.get();
    return first == null ? null : first.cause;
  }

  /** Returns the line of the first message that failed; 0 if none has. */
  long failedLine() {
    Failure first = failure.get();
    return first == null ? 0 : first.line;
  }

  private record Failure(long line, Throwable cause) {}
}
