package io.eric.metrics;

import org.jspecify.annotations.Nullable;

/** The name of a metric and what it says. */
public sealed interface Metric permits CounterName, GaugeName {

  /** The metric's name in Prometheus' form. */
  String metric();

  /** The name of the label that tells metrics of one name apart, or null. */
  @Nullable String label();

  /** The label's value; null without a label. */
  @Nullable String labelValue();

  /** What it says, in one sentence; the same for all of one name. */
  String help();
}
