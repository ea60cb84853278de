package io.eric.options;

import io.vertx.core.json.JsonObject;

/** What all channels of a hub together may use, and how far a client may go with one. */
public final class LogsOptions {

  /** The default is a quarter of the largest heap. */
  private static final int PARTS_OF_HEAP = 4;

  /**
   * A channel without messages takes 6 KiB, measured; half as much again when it has a log. So the
   * default lets channels use less than half of the heap.
   */
  private static final int HEAP_PER_CHANNEL = 16 << 10;

  /** A listener takes 400 bytes, measured, and as much again while it has a stream. */
  private static final int HEAP_PER_LISTENER = 2 << 10;

  private long maxBytes;
  private int maxChannels;
  private int maxListeners;
  private ChannelCeilings ceilings = new ChannelCeilings();

  /** The defaults. */
  public LogsOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static LogsOptions fromJson(JsonObject json) {
    LogsOptions options = JsonOptions.read(json, LogsOptions.class);
    return options
        .setMaxBytes(options.maxBytes)
        .setMaxChannels(options.maxChannels)
        .setMaxListeners(options.maxListeners)
        .setCeilings(
            JsonOptions.readUnder(
                "ceilings", options.ceilings.toJson(), ChannelCeilings::fromJson));
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * How many bytes of heap the messages of all logs may use; beyond, the channel that uses most has
   * to trim: what everybody has read first, then as its overflow policy says. 0, the default, is a
   * quarter of the largest heap that Java may use. Bytes count as in {@link
   * io.eric.log.Entry#size()}.
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

  /**
   * How many channels the hub may have; one more is refused with {@code Unavailable}. What a store
   * remembers is opened whatever its number. 0, the default, is one per 16 KiB of the largest heap
   * that Java may use: 16,384 on 256 MiB. In a cluster every node must be able to serve all.
   */
  public int getMaxChannels() {
    return maxChannels;
  }

  /** See {@link #getMaxChannels()}. */
  public LogsOptions setMaxChannels(int maxChannels) {
    ChannelOptions.atLeast("maxChannels", maxChannels, 0);
    this.maxChannels = maxChannels;
    return this;
  }

  /**
   * How many listeners, watchers included, all channels of a process may have together; one more is
   * refused with {@code Unavailable}. 0, the default, is one per 2 KiB of the largest heap that
   * Java may use: 131,072 on 256 MiB.
   */
  public int getMaxListeners() {
    return maxListeners;
  }

  /** See {@link #getMaxListeners()}. */
  public LogsOptions setMaxListeners(int maxListeners) {
    ChannelOptions.atLeast("maxListeners", maxListeners, 0);
    this.maxListeners = maxListeners;
    return this;
  }

  /** How far the options of a channel may go that a client creates. */
  public ChannelCeilings getCeilings() {
    return ceilings;
  }

  /** See {@link #getCeilings()}. */
  public LogsOptions setCeilings(ChannelCeilings ceilings) {
    this.ceilings = ceilings;
    return this;
  }

  public int effectiveMaxChannels() {
    return maxChannels == 0 ? heapBy(HEAP_PER_CHANNEL) : maxChannels;
  }

  public int effectiveMaxListeners() {
    return maxListeners == 0 ? heapBy(HEAP_PER_LISTENER) : maxListeners;
  }

  private static int heapBy(int part) {
    return (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / part);
  }

  /** How many bytes that is on this machine. */
  public long effectiveMaxBytes() {
    return maxBytes == 0 ? Runtime.getRuntime().maxMemory() / PARTS_OF_HEAP : maxBytes;
  }
}
