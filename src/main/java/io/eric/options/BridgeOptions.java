package io.eric.options;

import io.vertx.core.json.JsonObject;

/**
 * The settings of the SockJS event bus bridge at {@code /eventbus/*}, through which browsers and
 * Node are event bus clients.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class BridgeOptions {

  private boolean enabled = true;
  private int maxHandlersPerSocket = 100;
  private int maxAddressLength = 300;
  private long pingTimeout = 90_000;

  /** Creates options that have the defaults. */
  public BridgeOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public BridgeOptions(JsonObject json) {
    JsonOptions.read(json, this);
  }

  /** Copies options. */
  public BridgeOptions(BridgeOptions other) {
    this(other.toJson());
  }

  /** Returns all settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /** Returns whether the bridge is served. The default is true. */
  public boolean isEnabled() {
    return enabled;
  }

  /** See {@link #isEnabled()}. */
  public BridgeOptions setEnabled(boolean enabled) {
    this.enabled = enabled;
    return this;
  }

  /**
   * Returns how many handlers one socket may register; further ones are refused. The minimum is 1,
   * the default 100.
   */
  public int getMaxHandlersPerSocket() {
    return maxHandlersPerSocket;
  }

  /** See {@link #getMaxHandlersPerSocket()}. */
  public BridgeOptions setMaxHandlersPerSocket(int maxHandlersPerSocket) {
    this.maxHandlersPerSocket = Range.atLeast("maxHandlersPerSocket", maxHandlersPerSocket, 1);
    return this;
  }

  /**
   * Returns how many characters a registered address may have. The minimum is 16. The default is
   * 300, which is enough for the ids of a channel and a listener, of 128 characters each, and the
   * text around them.
   */
  public int getMaxAddressLength() {
    return maxAddressLength;
  }

  /** See {@link #getMaxAddressLength()}. */
  public BridgeOptions setMaxAddressLength(int maxAddressLength) {
    this.maxAddressLength = Range.atLeast("maxAddressLength", maxAddressLength, 16);
    return this;
  }

  /**
   * Returns how long a socket may send nothing before it is closed, in milliseconds. It is closed
   * after twice this time at the latest. Clients ping every 5 s, but browsers let a hidden tab do
   * so only once a minute, so the default is longer than that: 90 s. The range is 1 ms to ten
   * years.
   */
  public long getPingTimeout() {
    return pingTimeout;
  }

  /** See {@link #getPingTimeout()}. */
  public BridgeOptions setPingTimeout(long pingTimeout) {
    this.pingTimeout = Range.between("pingTimeout", pingTimeout, 1, Range.TEN_YEARS_MS);
    return this;
  }
}
