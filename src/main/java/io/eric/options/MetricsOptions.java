package io.eric.options;

import io.vertx.core.json.JsonObject;

/** Whether and what {@code /metrics} shows; needs Micrometer on the class path. */
public final class MetricsOptions {

  private static final String ENABLED = "enabled";

  private boolean enabled = true;
  private boolean jvm = true;

  /** Not a setting: whether somebody said that they are wanted. */
  private transient boolean asked;

  /** The defaults. */
  public MetricsOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown or ill-typed
   */
  public static MetricsOptions fromJson(JsonObject json) {
    MetricsOptions options = JsonOptions.read(json, MetricsOptions.class);
    options.asked = options.enabled && json.containsKey(ENABLED);
    return options;
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Whether the HTTP door has {@code /metrics}. Default true. Without {@code
   * io.micrometer:micrometer-registry-prometheus} there is none, and a line in the log says so; if
   * true was asked for, the hub does not start without it.
   */
  public boolean isEnabled() {
    return enabled;
  }

  /** See {@link #isEnabled()}. */
  public MetricsOptions setEnabled(boolean enabled) {
    this.enabled = enabled;
    this.asked = enabled;
    return this;
  }

  /** Whether {@link #isEnabled()} is more than the default. */
  public boolean isAsked() {
    return asked;
  }

  /** Whether the page shows Java's memory, garbage collection, threads and processor too. */
  public boolean isJvm() {
    return jvm;
  }

  /** See {@link #isJvm()}. Default true. */
  public MetricsOptions setJvm(boolean jvm) {
    this.jvm = jvm;
    return this;
  }
}
