package io.eric.options;

import io.eric.channel.SSEChannel;
import io.vertx.core.json.JsonObject;

/** Options of an {@link SSEChannel}. */
public final class SSEChannelOptions extends ChannelOptions<SSEChannelOptions> {

  private int retry = 5;

  /** The defaults. */
  public SSEChannelOptions() {}

  /**
   * Reads settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static SSEChannelOptions fromJson(JsonObject json) {
    SSEChannelOptions options = JsonOptions.read(json, SSEChannelOptions.class).checked();
    return options.setRetry(options.retry);
  }

  @Override
  SSEChannelOptions self() {
    return this;
  }

  /**
   * What clients are told to wait before they reconnect, in milliseconds. Default 5, the
   * reference's value; an HTTP door never goes below its own floor.
   */
  public int getRetry() {
    return retry;
  }

  /** See {@link #getRetry()}. */
  public SSEChannelOptions setRetry(int retry) {
    atLeast("retry", retry, 0);
    this.retry = retry;
    return this;
  }
}
