package io.eric.http;

import io.eric.UnavailableException;
import java.util.concurrent.TimeUnit;

/** Whether a door drains, and what it tells those whom it sends away then. One context's. */
final class Drain {

  private boolean isOn;
  private long endsAt;

  /** The door drains from now on, over this number of milliseconds. */
  void begin(long overMs) {
    isOn = true;
    endsAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(overMs);
  }

  boolean isOn() {
    return isOn;
  }

  /**
   * Returns the refusal. Whoever came back sooner than a second after the end of the drain would
   * only be refused again; then the door is closed, and requests reach another node or the next
   * process.
   */
  UnavailableException refusal() {
    long leftMs = TimeUnit.NANOSECONDS.toMillis(Math.max(0, endsAt - System.nanoTime()));
    long seconds = 1 + Math.min(Integer.MAX_VALUE - 1, (leftMs + 999) / 1_000);
    return new UnavailableException("the server is draining", (int) seconds);
  }
}
