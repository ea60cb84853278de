package io.eric.metrics;

import org.jspecify.annotations.Nullable;

/**
 * The name of a metric and its description. Immutable, so safe for any thread.
 *
 * @param name the metric's name in the form of Prometheus
 * @param label the name of the label that tells metrics of the same name apart, or null
 * @param labelValue the label's value; null without a label
 * @param help a description in one sentence; it is the same for all metrics of one name
 */
public record Metric(
    String name, @Nullable String label, @Nullable String labelValue, String help) {

  /** Describes a metric without a label. */
  Metric(String name, String help) {
    this(name, null, null, help);
  }
}
