package io.eric.internal;

import io.vertx.core.Context;
import io.vertx.core.internal.ContextInternal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ThreadLocalRandom;

/** Runs on a Vert.x context. */
public final class VertxLoop implements Loop {

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
    return System.currentTimeMillis();
  }

  @Override
  public long currentTimeMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
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
