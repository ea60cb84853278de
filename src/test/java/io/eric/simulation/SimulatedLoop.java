package io.eric.simulation;

import io.eric.internal.Loop;
import java.util.ArrayDeque;
import java.util.Random;

/** The event loop of a node in simulated time. It may freeze, with all that is due, and die. */
public final class SimulatedLoop implements Loop {

  private final SimulatedTime time;
  private final Random random;
  private final ArrayDeque<Runnable> held = new ArrayDeque<>();
  private boolean frozen;
  private boolean dead;

  /** A loop whose chance is always the same. */
  public SimulatedLoop(SimulatedTime time) {
    this(time, new Random(0));
  }

  /** A loop with the chance of a seed. */
  public SimulatedLoop(SimulatedTime time, Random random) {
    this.time = time;
    this.random = random;
  }

  @Override
  public long random(long bound) {
    return random.nextLong(bound);
  }

  @Override
  public long nanoTime() {
    return time.now();
  }

  @Override
  public long currentTimeMillis() {
    return time.now() / 1_000_000;
  }

  @Override
  public long currentTimeMicros() {
    return time.now() / 1_000;
  }

  @Override
  public Timer after(long ms, Runnable task) {
    SimulatedTimer timer = new SimulatedTimer();
    time.in(ms * 1_000_000, () -> turn(() -> timer.run(task)));
    return timer;
  }

  @Override
  public Timer every(long ms, Runnable task) {
    SimulatedTimer timer = new SimulatedTimer();
    repeat(ms, timer, task);
    return timer;
  }

  private void repeat(long ms, SimulatedTimer timer, Runnable task) {
    time.in(
        ms * 1_000_000,
        () ->
            turn(
                () -> {
                  if (!timer.cancelled) {
                    repeat(ms, timer, task);
                    task.run();
                  }
                }));
  }

  @Override
  public void later(Runnable task) {
    time.in(0, () -> turn(task));
  }

  /** Runs this now, or when the node thaws, or never. */
  public void turn(Runnable task) {
    if (frozen) {
      held.add(task);
    } else if (!dead) {
      task.run();
    }
  }

  /** Nothing runs until it thaws. */
  public void freeze() {
    frozen = true;
  }

  /** What was due runs now, in order. */
  public void thaw() {
    frozen = false;
    while (!frozen && !held.isEmpty()) {
      turn(held.remove());
    }
  }

  /** Nothing runs any more. */
  public void die() {
    dead = true;
    frozen = false;
    held.clear();
  }

  /** Whether it is there, and not frozen. */
  public boolean isRunning() {
    return !dead && !frozen;
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
