package io.eric.options;

import io.vertx.core.json.JsonObject;

/** How JS verticles are run. */
public final class JsOptions {

  private static final long SHORTEST_BUSY_LIMIT = 100;
  private static final long LONGEST_BUSY_LIMIT = 3_600_000;

  private long busyLimit = 10_000;

  /** The defaults. */
  public JsOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static JsOptions fromJson(JsonObject json) {
    JsOptions options = JsonOptions.read(json, JsOptions.class);
    return options.setBusyLimit(options.busyLimit);
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * How long a script may hold its thread at a time, in milliseconds: one that does so for longer,
   * like {@code for (;;) {}}, is named in the log and stopped; while it is loaded, six times as
   * long. From 100 to 3,600,000, or 0 for no limit. Default 10,000.
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
    if (busyLimit != 0 && (busyLimit < SHORTEST_BUSY_LIMIT || busyLimit > LONGEST_BUSY_LIMIT)) {
      throw new IllegalArgumentException(
          "busyLimit is "
              + busyLimit
              + ", it must be from "
              + SHORTEST_BUSY_LIMIT
              + " to "
              + LONGEST_BUSY_LIMIT
              + ", or 0 for no limit");
    }
    this.busyLimit = busyLimit;
    return this;
  }
}
