package io.eric.cluster.owner;

import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import java.util.Random;
import java.util.concurrent.Executor;

/**
 * A thread of a simulated process, which runs one task after the other, each a random time after it
 * was handed over, and stands still when the process is frozen.
 */
final class SimulatedThread implements Executor {

  /** How long a task waits at most, in microseconds, nearly always and else. */
  private static final int USUAL_MICROS = 2_000;

  private static final int BUSY_MICROS = 300_000;

  private final SimulatedTime time;
  private final SimulatedLoop process;
  private final Random random;
  private long free;

  SimulatedThread(SimulatedTime time, SimulatedLoop process, Random random) {
    this.time = time;
    this.process = process;
    this.random = random;
  }

  @Override
  public void execute(Runnable task) {
    int micros = random.nextInt(50) == 0 ? BUSY_MICROS : USUAL_MICROS;
    free = Math.max(free, time.now() + random.nextInt(micros) * 1_000L);
    time.in(free - time.now(), () -> process.turn(task));
  }
}
