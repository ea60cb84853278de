package io.eric.options;

import io.vertx.core.json.JsonObject;

/**
 * How verticles in JavaScript are run.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class JsOptions {

  private static final long SHORTEST_BUSY_LIMIT = 100;
  private static final long LONGEST_BUSY_LIMIT = 3_600_000;

  private long busyLimit = 10_000;

  /** Creates options that have the defaults. */
  public JsOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public JsOptions(JsonObject json) {
    JsonOptions.read(json, this);
  }

  /** Copies options. */
  public JsOptions(JsOptions other) {
    this(other.toJson());
  }

  /** Returns all settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Returns how long a script may hold its thread at a time, in milliseconds. A script that holds
   * it for longer, such as {@code for (;;) {}}, is named in the log and stopped. While it is loaded
   * it may take six times as long. The range is 100 to 3,600,000, the default 10,000; 0 means no
   * limit.
   */
  public long getBusyLimit() {
    return busyLimit;
  }

  /**
   * See {@link #getBusyLimit()}.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public JsOptions setBusyLimit(long busyLimit) {
    Range.require(
        busyLimit == 0 || (busyLimit >= SHORTEST_BUSY_LIMIT && busyLimit <= LONGEST_BUSY_LIMIT),
        "busyLimit",
        busyLimit,
        "from " + SHORTEST_BUSY_LIMIT + " to " + LONGEST_BUSY_LIMIT + ", or 0 for no limit");
    this.busyLimit = busyLimit;
    return this;
  }
}
