package io.eric.options;

import io.vertx.core.json.JsonObject;

/**
 * The settings of an {@link io.eric.channel.SSEChannel SSEChannel}.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class SSEChannelOptions extends ChannelOptions<SSEChannelOptions> {

  private int retry = 5;

  /** Creates options that have the defaults. */
  public SSEChannelOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public SSEChannelOptions(JsonObject json) {
    read(json);
  }

  /** Copies options. */
  public SSEChannelOptions(SSEChannelOptions other) {
    this(other.toJson());
  }

  @Override
  SSEChannelOptions self() {
    return this;
  }

  /**
   * Returns how long clients are told to wait before they reconnect, in milliseconds; an HTTP door
   * never goes below its own floor. The range is 0 to one week, the default 5, the reference's
   * value.
   */
  public int getRetry() {
    return retry;
  }

  /** See {@link #getRetry()}. */
  public SSEChannelOptions setRetry(int retry) {
    this.retry = Range.between("retry", retry, 0, Range.ONE_WEEK_MS);
    return this;
  }
}
