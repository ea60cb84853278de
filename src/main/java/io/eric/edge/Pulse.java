package io.eric.edge;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;

/** One timer for all streams of an edge, so that an idle stream costs no timer. */
final class Pulse {

  private static final long LONGEST_MS = 1_000;
  private static final long SHORTEST_MS = 10;

  private final Vertx vertx;
  private final long intervalMs;
  final Set<EdgeStream> streams = new LinkedHashSet<>();
  private long timer = -1;

  Pulse(Vertx vertx, EdgeOptions options) {
    this.vertx = vertx;
    long shortest = options.getWriteDeadline();
    if (options.getHeartbeat() > 0) {
      shortest = Math.min(shortest, options.getHeartbeat());
    }
    if (options.getStreamMaxAge() > 0) {
      shortest = Math.min(shortest, options.getStreamMaxAge());
    }
    this.intervalMs = Math.max(SHORTEST_MS, Math.min(LONGEST_MS, shortest / 8));
  }

  void add(EdgeStream stream) {
    streams.add(stream);
    if (timer == -1) {
      timer = vertx.setPeriodic(intervalMs, id -> beat());
    }
  }

  void remove(EdgeStream stream) {
    streams.remove(stream);
    if (streams.isEmpty()) {
      stop();
    }
  }

  void stop() {
    if (timer != -1) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }

  private void beat() {
    long now = System.nanoTime();
    for (EdgeStream stream : new ArrayList<>(streams)) {
      stream.pulse(now);
    }
  }
}
