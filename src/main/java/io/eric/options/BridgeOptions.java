package io.eric.options;

import io.vertx.core.json.JsonObject;

/** The SockJS event bus bridge at {@code /eventbus/*}: browsers and Node as event bus clients. */
public final class BridgeOptions {

  private boolean enabled = true;
  private int maxHandlersPerSocket = 100;
  private int maxAddressLength = 300;
  private long pingTimeout = 90_000;

  /** The defaults. */
  public BridgeOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static BridgeOptions fromJson(JsonObject json) {
    BridgeOptions options = JsonOptions.read(json, BridgeOptions.class);
    return options
        .setMaxHandlersPerSocket(options.maxHandlersPerSocket)
        .setMaxAddressLength(options.maxAddressLength)
        .setPingTimeout(options.pingTimeout);
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /** Whether the bridge is served. Default true. */
  public boolean isEnabled() {
    return enabled;
  }

  /** See {@link #isEnabled()}. */
  public BridgeOptions setEnabled(boolean enabled) {
    this.enabled = enabled;
    return this;
  }

  /** Listeners that one socket may register; further ones are refused. Default 100. */
  public int getMaxHandlersPerSocket() {
    return maxHandlersPerSocket;
  }

  /** See {@link #getMaxHandlersPerSocket()}. */
  public BridgeOptions setMaxHandlersPerSocket(int maxHandlersPerSocket) {
    this.maxHandlersPerSocket = (int) atLeast("maxHandlersPerSocket", maxHandlersPerSocket, 1);
    return this;
  }

  /**
   * The longest address that may be registered, in characters. Default 300: a channel's and a
   * listener's id of 128 each, and what stands around them.
   */
  public int getMaxAddressLength() {
    return maxAddressLength;
  }

  /** See {@link #getMaxAddressLength()}. */
  public BridgeOptions setMaxAddressLength(int maxAddressLength) {
    this.maxAddressLength = (int) atLeast("maxAddressLength", maxAddressLength, 16);
    return this;
  }

  /**
   * A socket from which nothing has come for so long, in milliseconds, is closed, at the latest
   * after twice this time. Clients ping every 5 s, but browsers let a hidden tab do so only once a
   * minute, so it is more than that. Default 90 s.
   */
  public long getPingTimeout() {
    return pingTimeout;
  }

  /** See {@link #getPingTimeout()}. */
  public BridgeOptions setPingTimeout(long pingTimeout) {
    this.pingTimeout = atLeast("pingTimeout", pingTimeout, 1);
    return this;
  }

  private static long atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is " + value + ", it must be at least " + least);
    }
    return value;
  }
}
