/**
 * The counters, gauges and health of a hub.
 *
 * <p>Components count into {@link io.eric.metrics.Meters} under the names of {@link
 * io.eric.metrics.CounterName} and {@link io.eric.metrics.GaugeName}. This package knows no
 * monitoring system: such a system asks for the figures.
 */
@NullMarked
package io.eric.metrics;

import org.jspecify.annotations.NullMarked;
