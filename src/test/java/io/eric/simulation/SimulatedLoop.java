package io.eric.simulation;

import io.eric.bus.Loop;

/** The event loop of a node in simulated time. */
public final class SimulatedLoop implements Loop {

  private final SimulatedTime time;

  public SimulatedLoop(SimulatedTime time) {
    this.time = time;
  }

  @Override
  public long nanoTime() {
    return time.now();
  }

  @Override
  public Timer after(long ms, Runnable task) {
    SimulatedTimer timer = new SimulatedTimer();
    time.in(ms * 1_000_000, () -> timer.run(task));
    return timer;
  }

  private static final class SimulatedTimer implements Timer {
    private boolean cancelled;

    private void run(Runnable task) {
      if (!cancelled) {
        task.run();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }
}
