package io.eric.bus;

/**
 * The event loop that a part of the hub lives on: its time and its timers. What hangs on it runs in
 * the simulated time of the tests as it does on Vert.x. All methods are called on the loop.
 */
public interface Loop {

  /** Time that only goes forward, in nanoseconds from some moment on. */
  long nanoTime();

  /** Runs this once, after so many milliseconds. */
  Timer after(long ms, Runnable task);

  /** Something that is to run. */
  @FunctionalInterface
  interface Timer {

    /** It does not run any more. Idempotent, also when it has run. */
    void cancel();
  }
}
