package io.eric.options;

import io.eric.InvalidMessageFormatException;
import io.vertx.core.json.JsonObject;

/**
 * How far the options of a channel that a client creates may go, so that no client takes the heap
 * for itself (CWE-770). What the hub itself gives to its channels is always allowed. The heap,
 * where a default is a share of it, is the largest that Java may use.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
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

  /** Creates options that have the defaults. */
  public ChannelCeilings() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public ChannelCeilings(JsonObject json) {
    JsonOptions.read(json, this);
  }

  /** Copies options. */
  public ChannelCeilings(ChannelCeilings other) {
    this(other.toJson());
  }

  /** Returns all settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Checks options that a client has asked for.
   *
   * @param hub the options of channels whose creator asks for none
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

  /**
   * Returns the most for {@code limit.bytes} and {@code history.bytes}. 0, the minimum and default,
   * means a quarter of the heap.
   */
  public long getBytes() {
    return bytes;
  }

  /** See {@link #getBytes()}. */
  public ChannelCeilings setBytes(long bytes) {
    this.bytes = Range.atLeast("bytes", bytes, 0);
    return this;
  }

  /**
   * Returns the most for {@code limit.messages} and {@code history.messages}. 0, the minimum and
   * default, means one per KiB of heap.
   */
  public int getMessages() {
    return messages;
  }

  /** See {@link #getMessages()}. */
  public ChannelCeilings setMessages(int messages) {
    this.messages = Range.atLeast("messages", messages, 0);
    return this;
  }

  /**
   * Returns the most for {@code inFlightBytes} and {@code windowBytes}. 0, the minimum and default,
   * means a sixteenth of the heap.
   */
  public long getInFlightBytes() {
    return inFlightBytes;
  }

  /** See {@link #getInFlightBytes()}. */
  public ChannelCeilings setInFlightBytes(long inFlightBytes) {
    this.inFlightBytes = Range.atLeast("inFlightBytes", inFlightBytes, 0);
    return this;
  }

  /**
   * Returns the most for {@code inFlightMessages} and {@code windowMessages}. 0, the minimum and
   * default, means one per 4 KiB of heap.
   */
  public int getInFlightMessages() {
    return inFlightMessages;
  }

  /** See {@link #getInFlightMessages()}. */
  public ChannelCeilings setInFlightMessages(int inFlightMessages) {
    this.inFlightMessages = Range.atLeast("inFlightMessages", inFlightMessages, 0);
    return this;
  }

  /**
   * Returns the most for {@code maxPayload}, in bytes. 0, the minimum and default, means 1/64 of
   * the heap.
   */
  public int getPayload() {
    return payload;
  }

  /** See {@link #getPayload()}. */
  public ChannelCeilings setPayload(int payload) {
    this.payload = Range.atLeast("payload", payload, 0);
    return this;
  }

  /**
   * Returns the most for {@code maxListeners}. 0, the minimum and default, means one per 2 KiB of
   * heap.
   */
  public int getListeners() {
    return listeners;
  }

  /** See {@link #getListeners()}. */
  public ChannelCeilings setListeners(int listeners) {
    this.listeners = Range.atLeast("listeners", listeners, 0);
    return this;
  }

  /**
   * Returns the most for {@code keys}. 0, the minimum and default, means one per 16 KiB of heap.
   */
  public int getKeys() {
    return keys;
  }

  /** See {@link #getKeys()}. */
  public ChannelCeilings setKeys(int keys) {
    this.keys = Range.atLeast("keys", keys, 0);
    return this;
  }

  /**
   * Returns the most for {@code publishStall}, {@code waitStall} and {@code noHandlerTimeout}, in
   * milliseconds. The range is 0 to ten years, the default 10 min.
   */
  public long getStall() {
    return stall;
  }

  /** See {@link #getStall()}. */
  public ChannelCeilings setStall(long stall) {
    this.stall = Range.between("stall", stall, 0, Range.TEN_YEARS_MS);
    return this;
  }

  /**
   * Returns the most for {@code history.age}, {@code messageTtl}, {@code keysAge} and {@code
   * ackTimeout}, in milliseconds. The range is 0 to ten years, the default 30 days.
   */
  public long getAge() {
    return age;
  }

  /** See {@link #getAge()}. */
  public ChannelCeilings setAge(long age) {
    this.age = Range.between("age", age, 0, Range.TEN_YEARS_MS);
    return this;
  }
}
