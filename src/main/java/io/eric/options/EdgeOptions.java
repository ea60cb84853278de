package io.eric.options;

import io.vertx.core.json.JsonObject;

/** How an edge treats its streams. Times are in milliseconds. */
public final class EdgeOptions {

  /** How often an edge without heartbeats makes statements, in milliseconds. */
  public static final long DEFAULT_CONFIRM_INTERVAL = 7_500;

  private static final long SHORTEST_CONFIRM_INTERVAL = 100;
  private static final long LONGEST_CONFIRM_INTERVAL = 60_000;

  /** A busy second must not make streams look lost that are only slow to be confirmed. */
  private static final long SHORTEST_HALF_HEARTBEAT = 1_000;

  private long heartbeat = 15_000;
  private long confirmInterval;
  private long writeDeadline = 60_000;
  private long streamMaxAge = 3_600_000;
  private int batchBytes = 64 << 10;
  private long lagTime = 100;
  private int lagMessages = 64;

  /** The defaults. */
  public EdgeOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static EdgeOptions fromJson(JsonObject json) {
    EdgeOptions options = JsonOptions.read(json, EdgeOptions.class);
    return options
        .setHeartbeat(options.heartbeat)
        .setConfirmInterval(options.confirmInterval)
        .setWriteDeadline(options.writeDeadline)
        .setStreamMaxAge(options.streamMaxAge)
        .setBatchBytes(options.batchBytes)
        .setLagTime(options.lagTime)
        .setLagMessages(options.lagMessages);
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Pause after which an idle stream is probed; 0 is never. A heartbeat is written only to streams
   * that their channels have {@linkplain #getConfirmInterval confirmed}. Default 15 s.
   */
  public long getHeartbeat() {
    return heartbeat;
  }

  /** See {@link #getHeartbeat()}. */
  public EdgeOptions setHeartbeat(long heartbeat) {
    this.heartbeat = atLeast("heartbeat", heartbeat, 0);
    return this;
  }

  /**
   * How often channels are asked to confirm that they know the streams here and have sent them
   * nothing that got lost; whatever the heartbeat is. Streams that are not confirmed for two such
   * intervals attach anew. 0, the default, is half the heartbeat, between 1 and 60 s, and 7.5 s
   * without heartbeats; else 100 ms to 60 s.
   */
  public long getConfirmInterval() {
    return confirmInterval;
  }

  /** See {@link #getConfirmInterval()}. */
  public EdgeOptions setConfirmInterval(long confirmInterval) {
    if (confirmInterval != 0
        && (confirmInterval < SHORTEST_CONFIRM_INTERVAL
            || confirmInterval > LONGEST_CONFIRM_INTERVAL)) {
      throw new IllegalArgumentException(
          "confirmInterval is "
              + confirmInterval
              + ", it must be 0 or "
              + SHORTEST_CONFIRM_INTERVAL
              + " to "
              + LONGEST_CONFIRM_INTERVAL);
    }
    this.confirmInterval = confirmInterval;
    return this;
  }

  /** The interval that these options mean. */
  public long confirmIntervalMs() {
    if (confirmInterval > 0) {
      return confirmInterval;
    }
    return heartbeat == 0
        ? DEFAULT_CONFIRM_INTERVAL
        : Math.min(LONGEST_CONFIRM_INTERVAL, Math.max(SHORTEST_HALF_HEARTBEAT, heartbeat / 2));
  }

  /** How long a client may leave written bytes unread before it counts as gone. Default 60 s. */
  public long getWriteDeadline() {
    return writeDeadline;
  }

  /** See {@link #getWriteDeadline()}. */
  public EdgeOptions setWriteDeadline(long writeDeadline) {
    this.writeDeadline = atLeast("writeDeadline", writeDeadline, 1);
    return this;
  }

  /**
   * After this time, give or take a tenth, a stream ends and its client reconnects; 0 is never.
   * This finds peers that vanished and spreads reconnects. Default 1 h.
   */
  public long getStreamMaxAge() {
    return streamMaxAge;
  }

  /** See {@link #getStreamMaxAge()}. */
  public EdgeOptions setStreamMaxAge(long streamMaxAge) {
    this.streamMaxAge = atLeast("streamMaxAge", streamMaxAge, 0);
    return this;
  }

  /** Bound of one catch-up read, in bytes. Default 64 KiB. */
  public int getBatchBytes() {
    return batchBytes;
  }

  /** See {@link #getBatchBytes()}. */
  public EdgeOptions setBatchBytes(int batchBytes) {
    this.batchBytes = (int) atLeast("batchBytes", batchBytes, 1);
    return this;
  }

  /** A live stream that leaves bytes unwritten for longer than this is demoted. Default 100 ms. */
  public long getLagTime() {
    return lagTime;
  }

  /** See {@link #getLagTime()}. */
  public EdgeOptions setLagTime(long lagTime) {
    this.lagTime = atLeast("lagTime", lagTime, 1);
    return this;
  }

  /** A live stream that leaves more messages than this unwritten is demoted. Default 64. */
  public int getLagMessages() {
    return lagMessages;
  }

  /** See {@link #getLagMessages()}. */
  public EdgeOptions setLagMessages(int lagMessages) {
    this.lagMessages = (int) atLeast("lagMessages", lagMessages, 1);
    return this;
  }

  private static long atLeast(String name, long value, long minimum) {
    if (value < minimum) {
      throw new IllegalArgumentException(
          name + " is " + value + ", it must be at least " + minimum);
    }
    return value;
  }
}
