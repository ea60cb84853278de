package io.eric.options;

import io.vertx.core.json.JsonObject;

/**
 * What {@code serve} gives the hub to run on. A hub inside another application runs on that
 * application's Vert.x instead.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class ServerOptions {

  private int eventLoops;

  /** Creates options that have the defaults. */
  public ServerOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public ServerOptions(JsonObject json) {
    JsonOptions.read(json, this);
  }

  /** Copies options. */
  public ServerOptions(ServerOptions other) {
    this(other.toJson());
  }

  /** Returns all settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Returns the number of event loops, over which channels are spread. 0, the minimum and default,
   * means one for two processors. More loops than that were measured to be slower, because a
   * message that stays on its loop needs no hand-over and the clients need processors too
   * (docs/PERFORMANCE.md).
   */
  public int getEventLoops() {
    return eventLoops;
  }

  /** See {@link #getEventLoops()}. */
  public ServerOptions setEventLoops(int eventLoops) {
    this.eventLoops = Range.atLeast("eventLoops", eventLoops, 0);
    return this;
  }

  /** Returns the number of event loops that {@link #getEventLoops()} means on this machine. */
  public int effectiveEventLoops() {
    int processors = Runtime.getRuntime().availableProcessors();
    return eventLoops == 0 ? Math.max(1, processors / 2) : eventLoops;
  }
}
