package io.eric.options;

import io.vertx.core.json.JsonObject;

/**
 * How a hub goes down. Times are in milliseconds.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class ShutdownOptions {

  private long drain = 2_000;
  private long timeout = 10_000;

  /** Creates options that have the defaults. */
  public ShutdownOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public ShutdownOptions(JsonObject json) {
    JsonOptions.read(json, this);
  }

  /** Copies options. */
  public ShutdownOptions(ShutdownOptions other) {
    this(other.toJson());
  }

  /** Returns all settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Returns the time over which the open streams are ended evenly, so that their clients do not all
   * reconnect at once; 0 means at once. The range is 0 to ten years, the default 2 s.
   */
  public long getDrain() {
    return drain;
  }

  /** See {@link #getDrain()}. */
  public ShutdownOptions setDrain(long drain) {
    this.drain = Range.between("drain", drain, 0, Range.TEN_YEARS_MS);
    return this;
  }

  /**
   * Returns how long closing may take after draining before the process ends anyway. Before that, a
   * node of a cluster has as long, and the time of {@link #getDrain()}, to give away what it owns
   * and to end its streams; so a supervisor has to wait for the sum of all three. The range is 1 ms
   * to ten years, the default 10 s.
   */
  public long getTimeout() {
    return timeout;
  }

  /** See {@link #getTimeout()}. */
  public ShutdownOptions setTimeout(long timeout) {
    this.timeout = Range.between("timeout", timeout, 1, Range.TEN_YEARS_MS);
    return this;
  }
}
