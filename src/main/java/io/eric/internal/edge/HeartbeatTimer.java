package io.eric.internal.edge;

import io.eric.internal.Loop;
import io.eric.options.EdgeOptions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Drives all streams of an edge with one timer, so that an idle stream costs no timer. */
final class HeartbeatTimer {

  private static final long LONGEST_MS = 1_000;
  private static final long SHORTEST_MS = 10;

  private final Loop loop;
  private final long intervalMs;
  private final Runnable beaten;
  final Set<EdgeStream> streams = new LinkedHashSet<>();
  private Loop.@Nullable Timer timer;

  HeartbeatTimer(Loop loop, EdgeOptions options, Runnable beaten) {
    this.loop = loop;
    this.beaten = beaten;
    long shortest = Math.min(options.getWriteDeadline(), options.confirmIntervalMs());
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
    if (timer == null) {
      timer = loop.every(intervalMs, this::beat);
    }
  }

  void remove(EdgeStream stream) {
    streams.remove(stream);
    if (streams.isEmpty()) {
      stop();
    }
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void beat() {
    long now = loop.nanoTime();
    for (EdgeStream stream : new ArrayList<>(streams)) {
      stream.tick(now);
    }
    beaten.run();
  }
}
