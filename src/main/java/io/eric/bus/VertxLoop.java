package io.eric.bus;

import io.vertx.core.Context;
import io.vertx.core.Vertx;

/** The loop of a Vert.x context. */
public final class VertxLoop implements Loop {

  private final Vertx vertx;
  private final Context context;

  /** The loop of this context. */
  public VertxLoop(Vertx vertx, Context context) {
    this.vertx = vertx;
    this.context = context;
  }

  /** The loop of the context that this is called on. */
  public static VertxLoop current(Vertx vertx) {
    return new VertxLoop(vertx, vertx.getOrCreateContext());
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
  public Timer after(long ms, Runnable task) {
    long id = vertx.setTimer(ms, due -> task.run());
    return () -> vertx.cancelTimer(id);
  }

  @Override
  public Timer every(long ms, Runnable task) {
    long id = vertx.setPeriodic(ms, due -> task.run());
    return () -> vertx.cancelTimer(id);
  }

  @Override
  public void later(Runnable task) {
    context.runOnContext(turn -> task.run());
  }
}
