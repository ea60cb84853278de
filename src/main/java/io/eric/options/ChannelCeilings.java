package io.eric.options;

import io.eric.InvalidMessageFormatException;
import io.vertx.core.json.JsonObject;

/**
 * How far the options of a channel that a client creates may go, so that no client takes the heap
 * for itself (CWE-770). What the hub itself gives to its channels is always allowed. 0 is a share
 * of the largest heap that Java may use.
 */
public final class ChannelCeilings {

  private long bytes;
  private int messages;
  private long inFlightBytes;
  private int inFlightMessages;
  private int payload;
  private int listeners;
  private int keys;
  private long stall = 600_000;
  private long age = 2_592_000_000L;

  /** The defaults. */
  public ChannelCeilings() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static ChannelCeilings fromJson(JsonObject json) {
    ChannelCeilings options = JsonOptions.read(json, ChannelCeilings.class);
    return options
        .setBytes(options.bytes)
        .setMessages(options.messages)
        .setInFlightBytes(options.inFlightBytes)
        .setInFlightMessages(options.inFlightMessages)
        .setPayload(options.payload)
        .setListeners(options.listeners)
        .setKeys(options.keys)
        .setStall(options.stall)
        .setAge(options.age);
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Checks options that a client has asked for.
   *
   * @param hub what the hub gives to channels whose creator says nothing
   * @throws InvalidMessageFormatException naming the option and the ceiling
   */
  public void check(SSEChannelOptions asked, SSEChannelOptions hub) {
    RetentionOptions log = asked.retention();
    RetentionOptions hubLog = hub.retention();
    long heap = Runtime.getRuntime().maxMemory();
    long mostBytes = bytes == 0 ? heap / 4 : bytes;
    long mostMessages = messages == 0 ? heap >> 10 : messages;
    long mostInFlightBytes = inFlightBytes == 0 ? heap / 16 : inFlightBytes;
    long mostInFlight = inFlightMessages == 0 ? heap >> 12 : inFlightMessages;
    atMost("limit.bytes", log.limitBytes(), hubLog.limitBytes(), "bytes", mostBytes);
    atMost("limit.messages", log.limitMessages(), hubLog.limitMessages(), "messages", mostMessages);
    atMost("history.bytes", log.historyBytes(), hubLog.historyBytes(), "bytes", mostBytes);
    atMost(
        "history.messages",
        log.historyMessages(),
        hubLog.historyMessages(),
        "messages",
        mostMessages);
    atMost("history.age", log.historyAgeMs(), hubLog.historyAgeMs(), "age", age);
    atMost("messageTtl", log.messageTtlMs(), hubLog.messageTtlMs(), "age", age);
    atMost("keysAge", asked.getKeysAge(), hub.getKeysAge(), "age", age);
    atMost(
        "inFlightBytes",
        asked.getInFlightBytes(),
        hub.getInFlightBytes(),
        "inFlightBytes",
        mostInFlightBytes);
    atMost(
        "windowBytes",
        asked.getWindowBytes(),
        hub.getWindowBytes(),
        "inFlightBytes",
        mostInFlightBytes);
    atMost(
        "inFlightMessages",
        asked.getInFlightMessages(),
        hub.getInFlightMessages(),
        "inFlightMessages",
        mostInFlight);
    atMost(
        "windowMessages",
        asked.getWindowMessages(),
        hub.getWindowMessages(),
        "inFlightMessages",
        mostInFlight);
    atMost(
        "maxPayload",
        asked.getMaxPayload(),
        hub.getMaxPayload(),
        "payload",
        payload == 0 ? heap / 64 : payload);
    atMost(
        "maxListeners",
        asked.getMaxListeners(),
        hub.getMaxListeners(),
        "listeners",
        listeners == 0 ? heap >> 11 : listeners);
    atMost("keys", asked.getKeys(), hub.getKeys(), "keys", keys == 0 ? heap >> 14 : keys);
    atMost("publishStall", asked.getPublishStall(), hub.getPublishStall(), "stall", stall);
    atMost("waitStall", asked.getWaitStall(), hub.getWaitStall(), "stall", stall);
    atMost(
        "noHandlerTimeout", asked.getNoHandlerTimeout(), hub.getNoHandlerTimeout(), "stall", stall);
    atMost("ackTimeout", asked.getAckTimeout(), hub.getAckTimeout(), "age", age);
  }

  private static void atMost(String option, long asked, long hub, String ceiling, long most) {
    long allowed = Math.max(hub, most);
    if (asked > allowed) {
      throw new InvalidMessageFormatException(
          option
              + " is "
              + asked
              + ", this hub allows at most "
              + allowed
              + " (logs.ceilings."
              + ceiling
              + ")");
    }
  }

  /** The most for {@code limit.bytes} and {@code history.bytes}. 0: a quarter of the heap. */
  public long getBytes() {
    return bytes;
  }

  /** See {@link #getBytes()}. */
  public ChannelCeilings setBytes(long bytes) {
    ChannelOptions.atLeast("bytes", bytes, 0);
    this.bytes = bytes;
    return this;
  }

  /** The most for {@code limit.messages} and {@code history.messages}. 0: one per KiB of heap. */
  public int getMessages() {
    return messages;
  }

  /** See {@link #getMessages()}. */
  public ChannelCeilings setMessages(int messages) {
    ChannelOptions.atLeast("messages", messages, 0);
    this.messages = messages;
    return this;
  }

  /** The most for {@code inFlightBytes} and {@code windowBytes}. 0: one sixteenth of the heap. */
  public long getInFlightBytes() {
    return inFlightBytes;
  }

  /** See {@link #getInFlightBytes()}. */
  public ChannelCeilings setInFlightBytes(long inFlightBytes) {
    ChannelOptions.atLeast("inFlightBytes", inFlightBytes, 0);
    this.inFlightBytes = inFlightBytes;
    return this;
  }

  /** The most for {@code inFlightMessages} and {@code windowMessages}. 0: one per 4 KiB of heap. */
  public int getInFlightMessages() {
    return inFlightMessages;
  }

  /** See {@link #getInFlightMessages()}. */
  public ChannelCeilings setInFlightMessages(int inFlightMessages) {
    ChannelOptions.atLeast("inFlightMessages", inFlightMessages, 0);
    this.inFlightMessages = inFlightMessages;
    return this;
  }

  /** The most for {@code maxPayload}, in bytes. 0: one part of the heap out of 64. */
  public int getPayload() {
    return payload;
  }

  /** See {@link #getPayload()}. */
  public ChannelCeilings setPayload(int payload) {
    ChannelOptions.atLeast("payload", payload, 0);
    this.payload = payload;
    return this;
  }

  /** The most for {@code maxListeners}. 0: one per 2 KiB of heap. */
  public int getListeners() {
    return listeners;
  }

  /** See {@link #getListeners()}. */
  public ChannelCeilings setListeners(int listeners) {
    ChannelOptions.atLeast("listeners", listeners, 0);
    this.listeners = listeners;
    return this;
  }

  /** The most for {@code keys}. 0: one per 16 KiB of heap. */
  public int getKeys() {
    return keys;
  }

  /** See {@link #getKeys()}. */
  public ChannelCeilings setKeys(int keys) {
    ChannelOptions.atLeast("keys", keys, 0);
    this.keys = keys;
    return this;
  }

  /**
   * The most for {@code publishStall}, {@code waitStall} and {@code noHandlerTimeout}, in
   * milliseconds. Default 10 min.
   */
  public long getStall() {
    return stall;
  }

  /** See {@link #getStall()}. */
  public ChannelCeilings setStall(long stall) {
    ChannelOptions.atLeast("stall", stall, 0);
    this.stall = stall;
    return this;
  }

  /**
   * The most for {@code history.age}, {@code messageTtl}, {@code keysAge} and {@code ackTimeout},
   * in milliseconds. Default 30 days.
   */
  public long getAge() {
    return age;
  }

  /** See {@link #getAge()}. */
  public ChannelCeilings setAge(long age) {
    ChannelOptions.atLeast("age", age, 0);
    this.age = age;
    return this;
  }
}
