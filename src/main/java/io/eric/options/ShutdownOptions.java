package io.eric.options;

import io.vertx.core.json.JsonObject;

/** How a hub goes down. Times are in milliseconds. */
public final class ShutdownOptions {

  private long drain = 2_000;
  private long timeout = 10_000;

  /** The defaults. */
  public ShutdownOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static ShutdownOptions fromJson(JsonObject json) {
    ShutdownOptions options = JsonOptions.read(json, ShutdownOptions.class);
    return options.setDrain(options.drain).setTimeout(options.timeout);
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Over how long the open streams are sent away, evenly, so that their clients do not all
   * reconnect at once; 0 is at once. Default 2 s.
   */
  public long getDrain() {
    return drain;
  }

  /** See {@link #getDrain()}. */
  public ShutdownOptions setDrain(long drain) {
    if (drain < 0) {
      throw new IllegalArgumentException("drain is " + drain + ", it must be at least 0");
    }
    this.drain = drain;
    return this;
  }

  /** How long the rest may take after draining before the process ends anyway. Default 10 s. */
  public long getTimeout() {
    return timeout;
  }

  /** See {@link #getTimeout()}. */
  public ShutdownOptions setTimeout(long timeout) {
    if (timeout < 1) {
      throw new IllegalArgumentException("timeout is " + timeout + ", it must be at least 1");
    }
    this.timeout = timeout;
    return this;
  }
}
