package io.eric.options;

import io.eric.Ids;
import io.eric.InvalidMessageFormatException;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What every channel can be told. Setters check ranges and throw {@link IllegalArgumentException}.
 *
 * @param <S> the class itself, which setters return
 */
public abstract class ChannelOptions<S extends ChannelOptions<S>> {

  private static final double MAX_STREAM_DELAY = 86_400;

  private @Nullable String id;
  private OverflowPolicy overflow = OverflowPolicy.GAP;
  private History history = new History();
  private Limit limit = new Limit();
  private long messageTtl;
  private double streamDelay;
  private long publishStall = 1_000;
  private long waitStall = 10_000;
  private long ackTimeout = 30_000;
  private int maxDeliveries = 10;
  private long noHandlerTimeout = 5_000;
  private int windowMessages = 4_096;
  private long windowBytes = 4L << 20;
  private int maxPayload = 1 << 20;
  private int maxListeners = 100_000;
  private int inFlightMessages = 65_536;
  private long inFlightBytes = 16L << 20;
  private int keys = 10_000;
  private long keysAge = 120_000;

  ChannelOptions() {}

  abstract S self();

  /** All settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /** Checks what was read from JSON by passing it through the setters. */
  final S checked() {
    if (id != null) {
      setId(id);
    }
    retention();
    setStreamDelay(streamDelay);
    setPublishStall(publishStall);
    setWaitStall(waitStall);
    setAckTimeout(ackTimeout);
    setMaxDeliveries(maxDeliveries);
    setNoHandlerTimeout(noHandlerTimeout);
    setWindowMessages(windowMessages);
    setWindowBytes(windowBytes);
    setMaxPayload(maxPayload);
    setMaxListeners(maxListeners);
    setInFlightMessages(inFlightMessages);
    setInFlightBytes(inFlightBytes);
    setKeys(keys);
    setKeysAge(keysAge);
    return self();
  }

  /** The channel's id; null, the default, is a random one. */
  public @Nullable String getId() {
    return id;
  }

  /** See {@link #getId()}. */
  public S setId(@Nullable String id) {
    try {
      this.id = id == null ? null : Ids.check("channel", id);
    } catch (InvalidMessageFormatException e) {
      throw new IllegalArgumentException("id: " + e.getMessage(), e); // no client's mistake here
    }
    return self();
  }

  /** What happens at the limit. Default {@link OverflowPolicy#GAP}. */
  public OverflowPolicy getOverflow() {
    return overflow;
  }

  /** See {@link #getOverflow()}. */
  public S setOverflow(OverflowPolicy overflow) {
    this.overflow = overflow;
    return self();
  }

  /**
   * What stays for resume and how far the log may grow; default {@link RetentionOptions#DEFAULT}.
   */
  public RetentionOptions retention() {
    return new RetentionOptions(
        history.messages, history.bytes, history.age, limit.messages, limit.bytes, messageTtl);
  }

  /** See {@link #retention()}. */
  public S setRetention(RetentionOptions retention) {
    history.messages = retention.historyMessages();
    history.bytes = retention.historyBytes();
    history.age = retention.historyAgeMs();
    limit.messages = retention.limitMessages();
    limit.bytes = retention.limitBytes();
    messageTtl = retention.messageTtlMs();
    return self();
  }

  /** Pause between two messages of one stream, in seconds; fractions allowed. Default 0. */
  public double getStreamDelay() {
    return streamDelay;
  }

  /** See {@link #getStreamDelay()}. */
  public S setStreamDelay(double streamDelay) {
    if (!(streamDelay >= 0 && streamDelay <= MAX_STREAM_DELAY)) {
      throw new IllegalArgumentException(
          "streamDelay is " + streamDelay + ", it must be 0 to " + MAX_STREAM_DELAY + " seconds");
    }
    this.streamDelay = streamDelay;
    return self();
  }

  /**
   * How long acknowledgements to publishers are held back at most while a healthy edge is behind,
   * in milliseconds. Default 1 s.
   */
  public long getPublishStall() {
    return publishStall;
  }

  /** See {@link #getPublishStall()}. */
  public S setPublishStall(long publishStall) {
    atLeast("publishStall", publishStall, 0);
    this.publishStall = publishStall;
    return self();
  }

  /**
   * How long publishers wait under the policy {@code wait} for a connected listener that takes
   * nothing, in milliseconds; then it counts as stuck, and the log drops what it has not read, as
   * under {@code gap}. Default 10 s: TCP tells of progress in steps of up to 64 KiB, so a listener
   * that takes less than a step in this time looks stuck.
   */
  public long getWaitStall() {
    return waitStall;
  }

  /** See {@link #getWaitStall()}. */
  public S setWaitStall(long waitStall) {
    atLeast("waitStall", waitStall, 0);
    this.waitStall = waitStall;
    return self();
  }

  /**
   * How long a listener on the event bus may take to acknowledge, in milliseconds. Default 30 s.
   */
  public long getAckTimeout() {
    return ackTimeout;
  }

  /** See {@link #getAckTimeout()}. */
  public S setAckTimeout(long ackTimeout) {
    atLeast("ackTimeout", ackTimeout, 1);
    this.ackTimeout = ackTimeout;
    return self();
  }

  /**
   * How often a message is given to a listener on the event bus before it is skipped and reported;
   * 0 is for ever. Default 10.
   */
  public int getMaxDeliveries() {
    return maxDeliveries;
  }

  /** See {@link #getMaxDeliveries()}. */
  public S setMaxDeliveries(int maxDeliveries) {
    atLeast("maxDeliveries", maxDeliveries, 0);
    this.maxDeliveries = maxDeliveries;
    return self();
  }

  /**
   * How long delivery to a listener on the event bus is tried while nobody listens at its address,
   * in milliseconds; then the listener is detached. Default 5 s.
   */
  public long getNoHandlerTimeout() {
    return noHandlerTimeout;
  }

  /** See {@link #getNoHandlerTimeout()}. */
  public S setNoHandlerTimeout(long noHandlerTimeout) {
    atLeast("noHandlerTimeout", noHandlerTimeout, 0);
    this.noHandlerTimeout = noHandlerTimeout;
    return self();
  }

  /**
   * How many messages an edge may leave unacknowledged before it counts as behind. Default 4,096.
   */
  public int getWindowMessages() {
    return windowMessages;
  }

  /** See {@link #getWindowMessages()}. */
  public S setWindowMessages(int windowMessages) {
    atLeast("windowMessages", windowMessages, 1);
    this.windowMessages = windowMessages;
    return self();
  }

  /** How many bytes an edge may leave unacknowledged before it counts as behind. Default 4 MiB. */
  public long getWindowBytes() {
    return windowBytes;
  }

  /** See {@link #getWindowBytes()}. */
  public S setWindowBytes(long windowBytes) {
    atLeast("windowBytes", windowBytes, 1);
    this.windowBytes = windowBytes;
    return self();
  }

  /** The largest payload, in bytes of JSON. Default 1 MiB. */
  public int getMaxPayload() {
    return maxPayload;
  }

  /** See {@link #getMaxPayload()}. */
  public S setMaxPayload(int maxPayload) {
    atLeast("maxPayload", maxPayload, 1);
    this.maxPayload = maxPayload;
    return self();
  }

  /** How many listeners the channel takes, watchers included. Default 100,000. */
  public int getMaxListeners() {
    return maxListeners;
  }

  /** See {@link #getMaxListeners()}. */
  public S setMaxListeners(int maxListeners) {
    atLeast("maxListeners", maxListeners, 1);
    this.maxListeners = maxListeners;
    return self();
  }

  /**
   * How many messages may wait for the store; beyond, publishers get Unavailable. Default 65,536.
   */
  public int getInFlightMessages() {
    return inFlightMessages;
  }

  /** See {@link #getInFlightMessages()}. */
  public S setInFlightMessages(int inFlightMessages) {
    atLeast("inFlightMessages", inFlightMessages, 1);
    this.inFlightMessages = inFlightMessages;
    return self();
  }

  /** How many bytes may wait for the store. Default 16 MiB. */
  public long getInFlightBytes() {
    return inFlightBytes;
  }

  /** See {@link #getInFlightBytes()}. */
  public S setInFlightBytes(long inFlightBytes) {
    atLeast("inFlightBytes", inFlightBytes, 1);
    this.inFlightBytes = inFlightBytes;
    return self();
  }

  /** How many publishers' keys are remembered. Default 10,000. */
  public int getKeys() {
    return keys;
  }

  /** See {@link #getKeys()}. */
  public S setKeys(int keys) {
    atLeast("keys", keys, 0);
    this.keys = keys;
    return self();
  }

  /** How long a publisher's key is remembered, in milliseconds. Default 2 min. */
  public long getKeysAge() {
    return keysAge;
  }

  /** See {@link #getKeysAge()}. */
  public S setKeysAge(long keysAge) {
    atLeast("keysAge", keysAge, 0);
    this.keysAge = keysAge;
    return self();
  }

  /** Refuses a value below its minimum by name. */
  public static void atLeast(String name, long value, long minimum) {
    if (value < minimum) {
      throw new IllegalArgumentException(
          name + " is " + value + ", it must be at least " + minimum);
    }
  }

  /** The JSON form of the history part of {@link RetentionOptions}. */
  private static final class History {
    private int messages = RetentionOptions.DEFAULT.historyMessages();
    private long bytes = RetentionOptions.DEFAULT.historyBytes();
    private long age = RetentionOptions.DEFAULT.historyAgeMs();
  }

  /** The JSON form of the limit part of {@link RetentionOptions}. */
  private static final class Limit {
    private int messages = RetentionOptions.DEFAULT.limitMessages();
    private long bytes = RetentionOptions.DEFAULT.limitBytes();
  }
}
