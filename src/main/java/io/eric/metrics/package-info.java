/**
 * What a hub counts and measures, and what it says about its health.
 *
 * <p>Components count into {@link io.eric.metrics.Meters} under the names of {@link
 * io.eric.metrics.CounterName} and {@link io.eric.metrics.GaugeName}. A monitoring system asks for
 * the figures: this package knows none.
 */
@NullMarked
package io.eric.metrics;

import org.jspecify.annotations.NullMarked;
