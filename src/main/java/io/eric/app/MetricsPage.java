package io.eric.app;

import io.eric.internal.CallersContext;
import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.metrics.Metric;
import io.eric.options.MetricsOptions;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Shows the hub's {@link Meters} as the text of {@code /metrics}. No other class uses Micrometer,
 * which is an optional dependency: see {@link OptionalDependency} before this class is loaded.
 */
final class MetricsPage implements AutoCloseable {

  private final Vertx vertx;
  private final Meters meters;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final @Nullable JvmGcMetrics collections;
  private final AtomicReference<@Nullable Future<Buffer>> underWay = new AtomicReference<>();
  private volatile Meters.@Nullable Readings readings;

  private MetricsPage(Vertx vertx, MetricsOptions options) {
    this.vertx = vertx;
    this.meters = Meters.of(vertx);
    for (CounterName counter : CounterName.values()) {
      Metric metric = counter.metric();
      FunctionCounter.builder(metric.name(), meters, all -> all.get(counter))
          .description(metric.help())
          .tags(labels(metric))
          .register(registry);
    }
    for (GaugeName gauge : GaugeName.values()) {
      Metric metric = gauge.metric();
      io.micrometer.core.instrument.Gauge.builder(metric.name(), this, page -> page.read(gauge))
          .description(metric.help())
          .tags(labels(metric))
          .register(registry);
    }
    collections = options.isJvm() ? new JvmGcMetrics() : null;
    if (collections != null) {
      collections.bindTo(registry);
      new JvmMemoryMetrics().bindTo(registry);
      new JvmThreadMetrics().bindTo(registry);
      new ProcessorMetrics().bindTo(registry);
    }
  }

  static MetricsPage open(Vertx vertx, MetricsOptions options) {
    return new MetricsPage(vertx, options);
  }

  private static Tags labels(Metric metric) {
    String label = metric.label();
    String value = metric.labelValue();
    return label == null || value == null ? Tags.empty() : Tags.of(label, value);
  }

  private double read(GaugeName gauge) {
    Meters.Readings last = readings;
    return last == null ? 0 : last.get(gauge);
  }

  /**
   * Returns the text at this moment. A request that comes while the text is being made gets the
   * same text, because making it takes work on all event loops, and thousands may ask at the same
   * time.
   */
  Future<Buffer> text() {
    return CallersContext.of(vertx, this::shared);
  }

  private Future<Buffer> shared() {
    Promise<Buffer> made = Promise.promise();
    Future<Buffer> other = underWay.compareAndExchange(null, made.future());
    if (other != null) {
      return other;
    }
    meters
        .sample(vertx)
        .compose(
            sampled -> {
              readings = sampled;
              return vertx.executeBlocking(() -> Buffer.buffer(registry.scrape()), false);
            })
        .andThen(text -> underWay.set(null))
        .onComplete(made);
    return made.future();
  }

  @Override
  public void close() {
    if (collections != null) {
      collections.close();
    }
    registry.close();
  }
}
