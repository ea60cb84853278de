package io.eric.http.internal.guard;

import java.util.concurrent.TimeUnit;

/**
 * Bounds how many connections are accepted per second. It is a token bucket that holds one second's
 * worth, so that a burst of that size passes. On one event loop only.
 */
final class ConnectionRate {

  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  private final int perSecond;
  private double left;
  private long lastNanos;

  /** Creates a full bucket for this many connections per second; 0 allows any number. */
  ConnectionRate(int perSecond, long nowNanos) {
    this.perSecond = perSecond;
    this.left = perSecond;
    this.lastNanos = nowNanos;
  }

  /** Returns whether one more connection may be accepted now, and counts it if so. */
  boolean allows(long nowNanos) {
    if (perSecond == 0) {
      return true;
    }
    left = Math.min(perSecond, left + (nowNanos - lastNanos) / NANOS * perSecond);
    lastNanos = nowNanos;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }
}
