package io.eric.options;

import io.vertx.core.json.JsonObject;

/**
 * What {@code serve} gives the hub to run on. A hub inside another application runs on its Vert.x.
 */
public final class ServerOptions {

  private int eventLoops;

  /** The defaults. */
  public ServerOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public static ServerOptions fromJson(JsonObject json) {
    ServerOptions options = JsonOptions.read(json, ServerOptions.class);
    return options.setEventLoops(options.eventLoops);
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Event loops; 0, the default, is one for two processors. Channels are spread over them. More
   * loops than that measured slower: a message that stays on its loop needs no hand-over, and the
   * clients want processors too (docs/PERFORMANCE.md).
   */
  public int getEventLoops() {
    return eventLoops;
  }

  /** See {@link #getEventLoops()}. */
  public ServerOptions setEventLoops(int eventLoops) {
    if (eventLoops < 0) {
      throw new IllegalArgumentException("eventLoops is " + eventLoops + ", it must be at least 0");
    }
    this.eventLoops = eventLoops;
    return this;
  }

  /** How many loops that is on this machine. */
  public int effectiveEventLoops() {
    int processors = Runtime.getRuntime().availableProcessors();
    return eventLoops == 0 ? Math.max(1, processors / 2) : eventLoops;
  }
}
