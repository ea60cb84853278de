package io.eric.internal;

/**
 * The event loop that a part of the hub runs on, with its time, its timers and its next turns. Code
 * that depends on this interface runs on Vert.x and in the tests' simulated network alike. All
 * methods are called on the loop, except {@link #later} and {@link #nanoTime}.
 */
public interface Loop {

  /**
   * Returns a time that never goes back, in nanoseconds since an arbitrary moment. From any thread.
   */
  long nanoTime();

  /**
   * Returns the time of day as this process had it at its start, in milliseconds since 1970. It
   * goes on evenly when the machine's clock is set.
   */
  long currentTimeMillis();

  /** Returns the same time in microseconds. */
  long currentTimeMicros();

  /** Runs a task once, after this number of milliseconds. */
  Timer after(long ms, Runnable task);

  /** Runs a task at this interval, in milliseconds. */
  Timer every(long ms, Runnable task);

  /** Runs a task in a turn of its own, after the tasks that wait already. From any thread. */
  void later(Runnable task);

  /**
   * Returns a random number from 0 to below this bound. It spreads what should not happen
   * everywhere at the same moment.
   */
  long random(long bound);

  /** A task that is to run. */
  @FunctionalInterface
  interface Timer {

    /** Prevents the task from running again. Idempotent, and harmless when it has run. */
    void cancel();
  }
}
