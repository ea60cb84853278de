package io.eric.log.file;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The writes and tasks that wait for the writer, in order. The bytes of messages are bounded. Safe
 * for use by many threads.
 */
final class WriteQueue {

  private final long maxBytes;
  private final ArrayDeque<Object> queue = new ArrayDeque<>();
  private long bytes;
  private boolean closed;

  WriteQueue(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** The result of an offer. */
  enum Answer {
    TAKEN,
    FULL,
    CLOSED
  }

  /** One turn of the writer: writes, or one task, or nothing if the wait was over first. */
  record Turn(List<Write> writes, @Nullable Runnable task) {}

  /** Adds a write. A bounded one is taken only if there is room, or if nothing waits. */
  synchronized Answer offer(Write write, boolean bounded) {
    if (closed) {
      return Answer.CLOSED;
    }
    if (bounded && bytes > 0 && bytes + write.cost > maxBytes) {
      return Answer.FULL;
    }
    bytes += write.cost;
    queue.add(write);
    notifyAll();
    return Answer.TAKEN;
  }

  /** Adds a task, which the writer runs between two writes. */
  synchronized Answer offer(Runnable task) {
    if (closed) {
      return Answer.CLOSED;
    }
    queue.add(task);
    notifyAll();
    return Answer.TAKEN;
  }

  /** Refuses further offers. The writer still gets what waits already. */
  synchronized void close() {
    closed = true;
  }

  synchronized long bytes() {
    return bytes;
  }

  /**
   * Removes and returns what has come, up to a number of bytes.
   *
   * @param maxTurnBytes the bytes of a turn, unless a single write is larger
   * @param waitMs how long to wait if the queue is empty, in milliseconds
   */
  synchronized Turn take(long maxTurnBytes, long waitMs) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs);
    for (long left = waitMs; queue.isEmpty() && left > 0; left = millisUntil(end)) {
      wait(left);
    }
    List<Write> writes = new ArrayList<>();
    long taken = 0;
    while (queue.peek() instanceof Write write
        && (taken == 0 || taken + write.cost <= maxTurnBytes)) {
      queue.remove();
      writes.add(write);
      taken += write.cost;
    }
    bytes -= taken;
    if (writes.isEmpty() && queue.poll() instanceof Runnable task) {
      return new Turn(writes, task);
    }
    return new Turn(writes, null);
  }

  private static long millisUntil(long end) {
    return TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
  }
}
