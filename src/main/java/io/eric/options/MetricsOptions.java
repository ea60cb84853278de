package io.eric.options;

import io.vertx.core.json.JsonObject;

/**
 * Whether {@code /metrics} exists and what it shows. It needs Micrometer on the class path.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
public final class MetricsOptions {

  private boolean enabled = true;
  private boolean jvm = true;

  /** Not a setting: whether {@code enabled} was set to true instead of being so by default. */
  private transient boolean asked;

  /** Creates options that have the defaults. */
  public MetricsOptions() {}

  /**
   * Reads the settings; absent ones keep their defaults.
   *
   * @throws IllegalArgumentException naming what is unknown or ill-typed
   */
  public MetricsOptions(JsonObject json) {
    JsonOptions.read(json, this);
  }

  /** Copies options, {@link #isAsked()} included. */
  public MetricsOptions(MetricsOptions other) {
    this(other.toJson());
    this.asked = other.asked;
  }

  /**
   * Returns all settings, defaults included. JSON does not tell a default from a setting, so
   * options that are read from a JSON in which {@code enabled} is true count as {@linkplain
   * #isAsked() asked for}. The copying constructor keeps the difference.
   */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /**
   * Returns whether the HTTP door has {@code /metrics}. The default is true. Without {@code
   * io.micrometer:micrometer-registry-prometheus} the page does not exist, and a line in the log
   * says so; the hub does not start without it if true was {@linkplain #isAsked() set}.
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

  /**
   * Returns whether {@link #isEnabled()} was set to true, by its setter or by JSON, and is not only
   * so by default.
   */
  public boolean isAsked() {
    return asked;
  }

  /**
   * Returns whether the page shows Java's memory, garbage collection, threads and processor too.
   * The default is true.
   */
  public boolean isJvm() {
    return jvm;
  }

  /** See {@link #isJvm()}. */
  public MetricsOptions setJvm(boolean jvm) {
    this.jvm = jvm;
    return this;
  }
}
