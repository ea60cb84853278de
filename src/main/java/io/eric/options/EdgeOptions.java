package io.eric.options;

import io.vertx.core.json.JsonObject;

/**
 * How an edge treats its streams. Times are in milliseconds.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class EdgeOptions {

  /** How often an edge without heartbeats makes statements, in milliseconds. */
  public static final long DEFAULT_CONFIRM_INTERVAL = 7_500;

  private static final long SHORTEST_CONFIRM_INTERVAL = 100;
  private static final long LONGEST_CONFIRM_INTERVAL = 60_000;

  /** A shorter interval would make streams look lost that a busy second only confirms late. */
  private static final long SHORTEST_HALF_HEARTBEAT = 1_000;

  private long heartbeat = 15_000;
  private long confirmInterval;
  private long writeDeadline = 60_000;
  private long streamMaxAge = 3_600_000;
  private int batchBytes = 64 << 10;
  private long lagTime = 100;
  private int lagMessages = 64;

  /** Creates options that have the defaults. */
  public EdgeOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public EdgeOptions(JsonObject json) {
    JsonOptions.read(json, this);
  }

  /** Copies options. */
  public EdgeOptions(EdgeOptions other) {
    this(other.toJson());
  }

  /** Returns all settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Returns the pause after which an idle stream is probed; 0 means never. A heartbeat is written
   * only to streams that their channels have {@linkplain #getConfirmInterval confirmed}. The range
   * is 0 to ten years, the default 15 s.
   */
  public long getHeartbeat() {
    return heartbeat;
  }

  /** See {@link #getHeartbeat()}. */
  public EdgeOptions setHeartbeat(long heartbeat) {
    this.heartbeat = Range.between("heartbeat", heartbeat, 0, Range.TEN_YEARS_MS);
    return this;
  }

  /**
   * Returns how often channels are asked to confirm that they know the streams here and that
   * nothing they have sent to them was lost, whatever the heartbeat is. Streams that are not
   * confirmed for two such intervals attach anew. The range is 100 ms to 60 s. 0, the default,
   * means half the heartbeat, but 1 s to 60 s, and without heartbeats 7.5 s.
   */
  public long getConfirmInterval() {
    return confirmInterval;
  }

  /** See {@link #getConfirmInterval()}. */
  public EdgeOptions setConfirmInterval(long confirmInterval) {
    Range.require(
        confirmInterval == 0
            || (confirmInterval >= SHORTEST_CONFIRM_INTERVAL
                && confirmInterval <= LONGEST_CONFIRM_INTERVAL),
        "confirmInterval",
        confirmInterval,
        "0 or " + SHORTEST_CONFIRM_INTERVAL + " to " + LONGEST_CONFIRM_INTERVAL);
    this.confirmInterval = confirmInterval;
    return this;
  }

  /** Returns the interval that {@link #getConfirmInterval()} means, in milliseconds. */
  public long confirmIntervalMs() {
    if (confirmInterval > 0) {
      return confirmInterval;
    }
    return heartbeat == 0
        ? DEFAULT_CONFIRM_INTERVAL
        : Math.min(LONGEST_CONFIRM_INTERVAL, Math.max(SHORTEST_HALF_HEARTBEAT, heartbeat / 2));
  }

  /**
   * Returns how long a client may leave written bytes unread before it counts as gone. The range is
   * 1 ms to ten years, the default 60 s.
   */
  public long getWriteDeadline() {
    return writeDeadline;
  }

  /** See {@link #getWriteDeadline()}. */
  public EdgeOptions setWriteDeadline(long writeDeadline) {
    this.writeDeadline = Range.between("writeDeadline", writeDeadline, 1, Range.TEN_YEARS_MS);
    return this;
  }

  /**
   * Returns the age, give or take a tenth, at which a stream ends and its client reconnects; 0
   * means that streams do not end by age. Ending them finds peers that vanished and spreads
   * reconnects. The range is 0 to ten years, the default 1 h.
   */
  public long getStreamMaxAge() {
    return streamMaxAge;
  }

  /** See {@link #getStreamMaxAge()}. */
  public EdgeOptions setStreamMaxAge(long streamMaxAge) {
    this.streamMaxAge = Range.between("streamMaxAge", streamMaxAge, 0, Range.TEN_YEARS_MS);
    return this;
  }

  /**
   * Returns how many bytes a stream that catches up reads at a time. The minimum is 1, the default
   * 64 KiB.
   */
  public int getBatchBytes() {
    return batchBytes;
  }

  /** See {@link #getBatchBytes()}. */
  public EdgeOptions setBatchBytes(int batchBytes) {
    this.batchBytes = Range.atLeast("batchBytes", batchBytes, 1);
    return this;
  }

  /**
   * Returns how long a live stream may leave bytes unwritten before it is demoted. The range is 1
   * ms to ten years, the default 100 ms.
   */
  public long getLagTime() {
    return lagTime;
  }

  /** See {@link #getLagTime()}. */
  public EdgeOptions setLagTime(long lagTime) {
    this.lagTime = Range.between("lagTime", lagTime, 1, Range.TEN_YEARS_MS);
    return this;
  }

  /**
   * Returns how many messages a live stream may leave unwritten before it is demoted. The minimum
   * is 1, the default 64.
   */
  public int getLagMessages() {
    return lagMessages;
  }

  /** See {@link #getLagMessages()}. */
  public EdgeOptions setLagMessages(int lagMessages) {
    this.lagMessages = Range.atLeast("lagMessages", lagMessages, 1);
    return this;
  }
}
