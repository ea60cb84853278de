package io.eric.metrics;

import org.jspecify.annotations.Nullable;

/** The name of a metric and its description. Immutable, so safe for any thread. */
public sealed interface Metric permits CounterName, GaugeName {

  /** Returns the metric's name in the form of Prometheus. */
  String metric();

  /** Returns the name of the label that tells metrics of the same name apart, or null. */
  @Nullable String label();

  /** Returns the label's value; null without a label. */
  @Nullable String labelValue();

  /** Returns a description in one sentence; it is the same for all metrics of one name. */
  String help();
}
