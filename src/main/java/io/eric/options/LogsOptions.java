package io.eric.options;

import io.vertx.core.json.JsonObject;

/**
 * What all channels of a hub together may use, and how far a client may go with one channel.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class LogsOptions {

  /** The default is a quarter of the largest heap. */
  private static final int PARTS_OF_HEAP = 4;

  /**
   * A channel without messages was measured at 6 KiB, and half as much again when it has a log. So
   * with the default, channels use less than half of the heap.
   */
  private static final int HEAP_PER_CHANNEL = 16 << 10;

  /** A listener was measured at 400 bytes, and as much again while it has a stream. */
  private static final int HEAP_PER_LISTENER = 2 << 10;

  private long maxBytes;
  private int maxChannels;
  private int maxListeners;
  private ChannelCeilings ceilings = new ChannelCeilings();

  /** Creates options that have the defaults. */
  public LogsOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public LogsOptions(JsonObject json) {
    JsonOptions.read(json, this);
  }

  /** Copies options. */
  public LogsOptions(LogsOptions other) {
    this(other.toJson());
  }

  /** Returns all settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Returns how many bytes of heap the messages of all logs may use, counted as in {@link
   * io.eric.log.Entry#size()}. Beyond that, the channel that uses most has to trim: first what all
   * listeners have read, then as its overflow policy says. 0, the minimum and default, means a
   * quarter of the largest heap that Java may use.
   */
  public long getMaxBytes() {
    return maxBytes;
  }

  /** See {@link #getMaxBytes()}. */
  public LogsOptions setMaxBytes(long maxBytes) {
    this.maxBytes = Range.atLeast("maxBytes", maxBytes, 0);
    return this;
  }

  /**
   * Returns how many channels the hub may have; a further one is refused with {@code Unavailable}.
   * The channels that a store remembers are opened whatever their number. In a cluster every node
   * must be able to serve all channels. 0, the minimum and default, means one per 16 KiB of the
   * largest heap that Java may use: 16,384 on 256 MiB.
   */
  public int getMaxChannels() {
    return maxChannels;
  }

  /** See {@link #getMaxChannels()}. */
  public LogsOptions setMaxChannels(int maxChannels) {
    this.maxChannels = Range.atLeast("maxChannels", maxChannels, 0);
    return this;
  }

  /**
   * Returns how many listeners, watchers included, all channels of a process may have together; a
   * further one is refused with {@code Unavailable}. 0, the minimum and default, means one per 2
   * KiB of the largest heap that Java may use: 131,072 on 256 MiB.
   */
  public int getMaxListeners() {
    return maxListeners;
  }

  /** See {@link #getMaxListeners()}. */
  public LogsOptions setMaxListeners(int maxListeners) {
    this.maxListeners = Range.atLeast("maxListeners", maxListeners, 0);
    return this;
  }

  /**
   * Returns how far the options of a channel that a client creates may go. The default is that of
   * {@link ChannelCeilings}.
   */
  public ChannelCeilings getCeilings() {
    return ceilings;
  }

  /** See {@link #getCeilings()}. */
  public LogsOptions setCeilings(ChannelCeilings ceilings) {
    this.ceilings = ceilings;
    return this;
  }

  /** Returns the number of channels that {@link #getMaxChannels()} means on this machine. */
  public int effectiveMaxChannels() {
    return maxChannels == 0 ? heapBy(HEAP_PER_CHANNEL) : maxChannels;
  }

  /** Returns the number of listeners that {@link #getMaxListeners()} means on this machine. */
  public int effectiveMaxListeners() {
    return maxListeners == 0 ? heapBy(HEAP_PER_LISTENER) : maxListeners;
  }

  private static int heapBy(int part) {
    return (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / part);
  }

  /** Returns the number of bytes that {@link #getMaxBytes()} means on this machine. */
  public long effectiveMaxBytes() {
    return maxBytes == 0 ? Runtime.getRuntime().maxMemory() / PARTS_OF_HEAP : maxBytes;
  }
}
