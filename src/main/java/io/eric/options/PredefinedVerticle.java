package io.eric.options;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A verticle that runs beside the hub from the start, in any language: {@code
 * js:verticles/js/chat.mjs}, or the name of a class.
 *
 * @param verticle its name, as {@code vertx.deployVerticle} takes it, not blank
 * @param instances how many instances of it run; the minimum is 1, the default 1
 * @param isolation which threads it runs on
 * @param config what it finds as its config, by default an empty object
 */
public record PredefinedVerticle(
    String verticle, int instances, Isolation isolation, JsonObject config) {

  private static final String CONFIG = "config";
  private static final String SCRIPT = "js:";

  /**
   * The threads that a verticle runs on. Under either isolation each instance sees one thread at a
   * time.
   */
  public enum Isolation {
    /**
     * The verticle shares an event loop with channels and doors. This is for code that never takes
     * long, and the default for classes.
     */
    EVENT_LOOP("eventLoop"),
    /**
     * The verticle has threads of its own, so that slow code holds up nothing else. This is the
     * default for scripts.
     */
    WORKER("worker");

    private final String shown;

    Isolation(String shown) {
      this.shown = shown;
    }

    /**
     * Returns the isolation of a verticle whose settings name none.
     *
     * @param verticle its name, as {@code deployVerticle} takes it
     */
    public static Isolation byDefault(String verticle) {
      return verticle.startsWith(SCRIPT) ? WORKER : EVENT_LOOP;
    }

    private static Isolation of(String text) {
      for (Isolation isolation : values()) {
        if (isolation.shown.equals(text)) {
          return isolation;
        }
      }
      throw new IllegalArgumentException(
          "setting \"isolation\": \"" + text + "\" is none of eventLoop, worker");
    }
  }

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the name is blank or there are no instances
   */
  public PredefinedVerticle {
    Range.atLeast("instances", instances, 1);
    if (verticle.isBlank()) {
      throw new IllegalArgumentException("verticle is missing or blank");
    }
    config = config.copy();
  }

  /** Creates one instance with the default isolation of its kind and an empty config. */
  public PredefinedVerticle(String verticle) {
    this(verticle, 1, Isolation.byDefault(verticle), new JsonObject());
  }

  /**
   * Reads a verticle; what is absent is as in {@link #PredefinedVerticle(String)}.
   *
   * @throws IllegalArgumentException naming what is missing, unknown, ill-typed or out of range
   */
  public PredefinedVerticle(JsonObject json) {
    this(
        Section.top(json).readOthers(plain -> JsonOptions.read(plain, new Plain()), CONFIG),
        Section.top(json).under(CONFIG).readOthers(JsonObject::copy));
  }

  private PredefinedVerticle(Plain plain, JsonObject config) {
    this(
        plain.verticle,
        plain.instances,
        plain.isolation == null
            ? Isolation.byDefault(plain.verticle)
            : Isolation.of(plain.isolation),
        config);
  }

  /** Returns all settings. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("verticle", verticle)
        .put("instances", instances)
        .put("isolation", isolation.shown)
        .put(CONFIG, config.copy());
  }

  /**
   * Returns these settings as Vert.x takes them.
   *
   * @param name the verticle's name in the settings, after which a pool of workers is named
   */
  public DeploymentOptions deployment(String name) {
    DeploymentOptions options =
        new DeploymentOptions().setInstances(instances).setConfig(config.copy());
    return isolation == Isolation.EVENT_LOOP
        ? options
        : options
            .setThreadingModel(ThreadingModel.WORKER)
            .setWorkerPoolName("eric-verticle-" + name)
            .setWorkerPoolSize(instances + 1); // one loads while the others run
  }

  /** The settings that are not objects. */
  private static final class Plain {
    private String verticle = "";
    private int instances = 1;
    private @Nullable String isolation;
  }
}
