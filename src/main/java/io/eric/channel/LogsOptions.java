package io.eric.channel;

import io.eric.JsonOptions;
import io.vertx.core.json.JsonObject;

/** What the logs of all channels of a hub may use together. */
public final class LogsOptions {

  /** The default is one part of the largest heap out of so many. */
  private static final int PARTS_OF_HEAP = 4;

  private long maxBytes;

  /** The defaults. */
  public LogsOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static LogsOptions fromJson(JsonObject json) {
    LogsOptions options = JsonOptions.read(json, LogsOptions.class);
    return options.setMaxBytes(options.maxBytes);
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * How many bytes of heap the messages of all logs may use; beyond, the channel that uses most has
   * to trim: what everybody has read first, then as its overflow policy says. 0, the default, is a
   * quarter of the largest heap that Java may use. Bytes count as in {@link io.eric.Entry#size()}.
   */
  public long getMaxBytes() {
    return maxBytes;
  }

  /** See {@link #getMaxBytes()}. */
  public LogsOptions setMaxBytes(long maxBytes) {
    ChannelOptions.atLeast("maxBytes", maxBytes, 0);
    this.maxBytes = maxBytes;
    return this;
  }

  /** How many bytes that is on this machine. */
  long effectiveMaxBytes() {
    return maxBytes == 0 ? Runtime.getRuntime().maxMemory() / PARTS_OF_HEAP : maxBytes;
  }
}
