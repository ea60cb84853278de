package io.eric.internal;

import io.vertx.core.Context;
import io.vertx.core.internal.ContextInternal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Runs on a Vert.x context. The time of day is read once; from then on it goes with the monotonic
 * clock, because publishers' keys, held acknowledgements and silent edges have ages, which a clock
 * that is set would make wrong.
 */
@SuppressWarnings("TimeInStaticInitializer") // all loops of a process have the same time
public final class VertxLoop implements Loop {

  private static final long START_NANOS = System.nanoTime();
  private static final long START_MICROS = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());

  private final ContextInternal context;

  /** Creates the loop of this context. */
  public VertxLoop(Context context) {
    this.context = (ContextInternal) context;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public long currentTimeMillis() {
    return currentTimeMicros() / 1_000;
  }

  @Override
  public long currentTimeMicros() {
    return START_MICROS + (System.nanoTime() - START_NANOS) / 1_000;
  }

  @Override
  public Timer after(long ms, Runnable task) {
    long id = context.setTimer(ms, due -> task.run());
    return () -> context.owner().cancelTimer(id);
  }

  @Override
  public Timer every(long ms, Runnable task) {
    long id = context.setPeriodic(ms, due -> task.run());
    return () -> context.owner().cancelTimer(id);
  }

  @Override
  public void later(Runnable task) {
    context.runOnContext(turn -> task.run());
  }

  @Override
  public long random(long bound) {
    return ThreadLocalRandom.current().nextLong(bound);
  }
}
