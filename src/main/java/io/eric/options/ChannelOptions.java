package io.eric.options;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.eric.Ids;
import io.eric.InvalidMessageFormatException;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings that all channels have. Setters check ranges and throw {@link
 * IllegalArgumentException}.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
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

  final void read(JsonObject json) {
    JsonOptions.read(json, this);
    retention(); // checks its ranges
  }

  /** Returns all settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Returns the channel's id: 1 to 128 characters out of {@code A-Z a-z 0-9 . _ ~ -}. The default,
   * null, means a random one.
   */
  public @Nullable String getId() {
    return id;
  }

  /** See {@link #getId()}. */
  public S setId(@Nullable String id) {
    try {
      this.id = id == null ? null : Ids.check("channel", id);
    } catch (InvalidMessageFormatException e) {
      // Without e as the cause: it would mean that a client's message is wrong, and JsonOptions
      // sees the innermost exception only.
      throw new IllegalArgumentException("id: " + e.getMessage());
    }
    return self();
  }

  /** Returns what happens at the limit. The default is {@link OverflowPolicy#GAP}. */
  public OverflowPolicy getOverflow() {
    return overflow;
  }

  /** See {@link #getOverflow()}. */
  public S setOverflow(OverflowPolicy overflow) {
    this.overflow = Objects.requireNonNull(overflow, "overflow");
    return self();
  }

  /**
   * Returns what stays for resume and how far the log may grow. The default is {@link
   * RetentionOptions#DEFAULT}.
   */
  public RetentionOptions retention() {
    return new RetentionOptions(
        history.messages, history.bytes, history.age, limit.messages, limit.bytes, messageTtl);
  }

  /** See {@link #retention()}. */
  @JsonIgnore
  public S setRetention(RetentionOptions retention) {
    history.messages = retention.historyMessages();
    history.bytes = retention.historyBytes();
    history.age = retention.historyAgeMs();
    limit.messages = retention.limitMessages();
    limit.bytes = retention.limitBytes();
    messageTtl = retention.messageTtlMs();
    return self();
  }

  /**
   * Returns the pause between two messages of one stream, in seconds; fractions are allowed. The
   * range is 0 to 86,400, the default 0.
   */
  public double getStreamDelay() {
    return streamDelay;
  }

  /** See {@link #getStreamDelay()}. */
  public S setStreamDelay(double streamDelay) {
    Range.require(
        streamDelay >= 0 && streamDelay <= MAX_STREAM_DELAY,
        "streamDelay",
        streamDelay,
        "0 to " + MAX_STREAM_DELAY + " seconds");
    this.streamDelay = streamDelay;
    return self();
  }

  /**
   * Returns how long acknowledgements to publishers are held back at most while a healthy edge is
   * behind, in milliseconds. It must be less than the {@code attemptTimeout} of the doors. The
   * range is 0 to ten years, the default 1 s.
   */
  public long getPublishStall() {
    return publishStall;
  }

  /** See {@link #getPublishStall()}. */
  public S setPublishStall(long publishStall) {
    this.publishStall = Range.between("publishStall", publishStall, 0, Range.TEN_YEARS_MS);
    return self();
  }

  /**
   * Returns how long publishers wait under the policy {@code wait} for a connected listener that
   * takes nothing, in milliseconds. After that the listener counts as stuck, and the log drops what
   * it has not read, as under {@code gap}. TCP reports progress in steps of up to 64 KiB, so a
   * listener that takes less than a step in this time looks stuck. The range is 0 to ten years, the
   * default 10 s.
   */
  public long getWaitStall() {
    return waitStall;
  }

  /** See {@link #getWaitStall()}. */
  public S setWaitStall(long waitStall) {
    this.waitStall = Range.between("waitStall", waitStall, 0, Range.TEN_YEARS_MS);
    return self();
  }

  /**
   * Returns how long a listener on the event bus may take to acknowledge, in milliseconds. The
   * range is 1 ms to ten years, the default 30 s.
   */
  public long getAckTimeout() {
    return ackTimeout;
  }

  /** See {@link #getAckTimeout()}. */
  public S setAckTimeout(long ackTimeout) {
    this.ackTimeout = Range.between("ackTimeout", ackTimeout, 1, Range.TEN_YEARS_MS);
    return self();
  }

  /**
   * Returns how often a message is given to a listener on the event bus before it is skipped and
   * reported; 0 means without end. The minimum is 0, the default 10.
   */
  public int getMaxDeliveries() {
    return maxDeliveries;
  }

  /** See {@link #getMaxDeliveries()}. */
  public S setMaxDeliveries(int maxDeliveries) {
    this.maxDeliveries = Range.atLeast("maxDeliveries", maxDeliveries, 0);
    return self();
  }

  /**
   * Returns how long delivery to a listener on the event bus is tried while its address has no
   * handler, in milliseconds, before the listener is detached. The range is 0 to ten years, the
   * default 5 s.
   */
  public long getNoHandlerTimeout() {
    return noHandlerTimeout;
  }

  /** See {@link #getNoHandlerTimeout()}. */
  public S setNoHandlerTimeout(long noHandlerTimeout) {
    this.noHandlerTimeout =
        Range.between("noHandlerTimeout", noHandlerTimeout, 0, Range.TEN_YEARS_MS);
    return self();
  }

  /**
   * Returns how many messages an edge may leave unacknowledged before it counts as behind. The
   * minimum is 1, the default 4,096.
   */
  public int getWindowMessages() {
    return windowMessages;
  }

  /** See {@link #getWindowMessages()}. */
  public S setWindowMessages(int windowMessages) {
    this.windowMessages = Range.atLeast("windowMessages", windowMessages, 1);
    return self();
  }

  /**
   * Returns how many bytes an edge may leave unacknowledged before it counts as behind. The minimum
   * is 1, the default 4 MiB.
   */
  public long getWindowBytes() {
    return windowBytes;
  }

  /** See {@link #getWindowBytes()}. */
  public S setWindowBytes(long windowBytes) {
    this.windowBytes = Range.atLeast("windowBytes", windowBytes, 1);
    return self();
  }

  /** Returns how large a payload may be, in bytes of JSON. The minimum is 1, the default 1 MiB. */
  public int getMaxPayload() {
    return maxPayload;
  }

  /** See {@link #getMaxPayload()}. */
  public S setMaxPayload(int maxPayload) {
    this.maxPayload = Range.atLeast("maxPayload", maxPayload, 1);
    return self();
  }

  /**
   * Returns how many listeners the channel may have, watchers included. The minimum is 1, the
   * default 100,000.
   */
  public int getMaxListeners() {
    return maxListeners;
  }

  /** See {@link #getMaxListeners()}. */
  public S setMaxListeners(int maxListeners) {
    this.maxListeners = Range.atLeast("maxListeners", maxListeners, 1);
    return self();
  }

  /**
   * Returns how many messages may wait for the store; beyond that, publishers get Unavailable. The
   * minimum is 1, the default 65,536.
   */
  public int getInFlightMessages() {
    return inFlightMessages;
  }

  /** See {@link #getInFlightMessages()}. */
  public S setInFlightMessages(int inFlightMessages) {
    this.inFlightMessages = Range.atLeast("inFlightMessages", inFlightMessages, 1);
    return self();
  }

  /**
   * Returns how many bytes of messages may wait for the store; beyond that, publishers get
   * Unavailable. The minimum is 1, the default 16 MiB.
   */
  public long getInFlightBytes() {
    return inFlightBytes;
  }

  /** See {@link #getInFlightBytes()}. */
  public S setInFlightBytes(long inFlightBytes) {
    this.inFlightBytes = Range.atLeast("inFlightBytes", inFlightBytes, 1);
    return self();
  }

  /** Returns how many publishers' keys are remembered. The minimum is 0, the default 10,000. */
  public int getKeys() {
    return keys;
  }

  /** See {@link #getKeys()}. */
  public S setKeys(int keys) {
    this.keys = Range.atLeast("keys", keys, 0);
    return self();
  }

  /**
   * Returns how long a publisher's key is remembered, in milliseconds. The range is 0 to ten years,
   * the default 2 min.
   */
  public long getKeysAge() {
    return keysAge;
  }

  /** See {@link #getKeysAge()}. */
  public S setKeysAge(long keysAge) {
    this.keysAge = Range.between("keysAge", keysAge, 0, Range.TEN_YEARS_MS);
    return self();
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
