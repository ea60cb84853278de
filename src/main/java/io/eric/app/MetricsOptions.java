package io.eric.app;

import io.eric.JsonOptions;
import io.vertx.core.json.JsonObject;

/** Whether and what {@code /metrics} shows; needs Micrometer on the class path. */
public final class MetricsOptions {

  private boolean enabled = true;
  private boolean jvm = true;

  /** The defaults. */
  public MetricsOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown or ill-typed
   */
  public static MetricsOptions fromJson(JsonObject json) {
    return JsonOptions.read(json, MetricsOptions.class);
  }

  /** All settings. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Whether the HTTP door has {@code /metrics}. Default true; without Micrometer there is none
   * either way.
   */
  public boolean isEnabled() {
    return enabled;
  }

  /** See {@link #isEnabled()}. */
  public MetricsOptions setEnabled(boolean enabled) {
    this.enabled = enabled;
    return this;
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
