package io.eric.internal;

/**
 * The event loop that a part of the hub lives on: its time, its timers and its next turns. What
 * hangs on it runs in the simulated network of the tests as it does on Vert.x. All methods are
 * called on the loop, but for {@link #later} and {@link #nanoTime}.
 */
public interface Loop {

  /** Time that only goes forward, in nanoseconds from some moment on. From any thread. */
  long nanoTime();

  /** The time of day, in milliseconds. */
  long currentTimeMillis();

  /** The time of day, in microseconds since 1970, as finely as the system tells it. */
  long currentTimeMicros();

  /** Runs a task once, after this number of milliseconds. */
  Timer after(long ms, Runnable task);

  /** Runs a task at this interval, in milliseconds. */
  Timer every(long ms, Runnable task);

  /** Runs this in a turn of its own, after what waits already. From any thread. */
  void later(Runnable task);

  /** A number from 0 to below this bound, by chance: what should not happen everywhere at once. */
  long random(long bound);

  /** Something that is to run. */
  @FunctionalInterface
  interface Timer {

    /** It does not run any more. Idempotent, also when it has run. */
    void cancel();
  }
}
