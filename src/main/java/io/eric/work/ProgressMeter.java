package io.eric.work;

import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a {@link WorkQueue} does, and publishes the progress while it changes. This class is
 * used on the channel's context.
 */
final class ProgressMeter {

  private static final long SAMPLE_MS = 1_000;
  private static final int SAMPLES = 10;

  private final Vertx vertx;
  private final String address;
  private final long interval;
  private final LongSupplier clock;
  private final ArrayDeque<Sample> samples = new ArrayDeque<>(SAMPLES + 1);
  private @Nullable Supplier<ProcessingProgress> source;
  private @Nullable ProcessingProgress published;
  private long sampleTimer = -1;
  private long publishTimer = -1;

  long done;
  long failed;
  long redelivered;

  ProgressMeter(Vertx vertx, String address, long interval, LongSupplier clock) {
    this.vertx = vertx;
    this.address = address;
    this.interval = interval;
    this.clock = clock;
  }

  void start(Supplier<ProcessingProgress> source) {
    this.source = source;
    sample();
    sampleTimer = vertx.setPeriodic(SAMPLE_MS, timer -> sample());
    if (interval > 0) {
      publishTimer = vertx.setPeriodic(interval, timer -> publish());
    }
  }

  /** Stops, after a last event, which says that the queue is no longer open. */
  void stop() {
    vertx.cancelTimer(sampleTimer);
    if (interval > 0) {
      vertx.cancelTimer(publishTimer);
      publish();
    }
  }

  /** Returns how many messages per second were finished over the last samples. */
  double rate() {
    Sample oldest = samples.getFirst();
    long elapsed = Math.max(1, clock.getAsLong() - oldest.time);
    return (done + failed - oldest.finished) * 1000.0 / elapsed;
  }

  private void sample() {
    samples.addLast(new Sample(clock.getAsLong(), done + failed));
    if (samples.size() > SAMPLES) {
      samples.removeFirst();
    }
  }

  private void publish() {
    if (source != null) {
      ProcessingProgress now = source.get();
      if (!now.equals(published)) {
        published = now;
        vertx.eventBus().publish(address, now.toJson());
      }
    }
  }

  private record Sample(long time, long finished) {}
}
