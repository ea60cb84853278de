package io.eric.options;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A verticle that runs beside the hub from the start, in any language: {@code
 * js:verticles/js/chat.mjs}, or the name of a class.
 *
 * @param verticle its name, as {@code vertx.deployVerticle} takes it
 * @param instances how many of it, at least 1
 * @param isolation which threads it runs on
 * @param config what it finds as its config
 */
public record PredefinedVerticle(
    String verticle, int instances, Isolation isolation, JsonObject config) {

  private static final String CONFIG = "config";
  private static final String SCRIPT = "js:";

  /** Which threads a verticle runs on. Each instance sees one thread at a time under either. */
  public enum Isolation {
    /**
     * An event loop, which it shares with channels and doors: for code that never takes long. The
     * default of classes.
     */
    EVENT_LOOP("eventLoop"),
    /** Threads of its own, so that slow code holds up nobody else. The default of scripts. */
    WORKER("worker");

    private final String shown;

    Isolation(String shown) {
      this.shown = shown;
    }

    /**
     * What a verticle has that asks for nothing; its name is as {@code deployVerticle} takes it.
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
    if (instances < 1) {
      throw new IllegalArgumentException("instances is " + instances + ", it must be at least 1");
    }
    if (verticle.isBlank()) {
      throw new IllegalArgumentException("verticle is missing or blank");
    }
    config = config.copy();
  }

  /** One instance with the default isolation of its kind, without config. */
  public PredefinedVerticle(String verticle) {
    this(verticle, 1, Isolation.byDefault(verticle), new JsonObject());
  }

  static PredefinedVerticle read(Section section) {
    JsonObject config = section.under(CONFIG).readOthers(JsonObject::copy);
    return section.readOthers(
        json -> {
          Plain plain = JsonOptions.read(json, Plain.class);
          Isolation isolation =
              plain.isolation == null
                  ? Isolation.byDefault(plain.verticle)
                  : Isolation.of(plain.isolation);
          return new PredefinedVerticle(plain.verticle, plain.instances, isolation, config);
        },
        CONFIG);
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("verticle", verticle)
        .put("instances", instances)
        .put("isolation", isolation.shown)
        .put(CONFIG, config.copy());
  }

  /** How Vert.x is told; a pool of workers is named after the verticle's name in the settings. */
  public DeploymentOptions deployment(String name) {
    DeploymentOptions options =
        new DeploymentOptions().setInstances(instances).setConfig(config.copy());
    return isolation == Isolation.EVENT_LOOP
        ? options
        : options
            .setThreadingModel(ThreadingModel.WORKER)
            .setWorkerPoolName("eric-verticle-" + name)
            .setWorkerPoolSize(instances + 1); // one to load while the others run
  }

  /** The settings that are no objects. */
  private static final class Plain {
    private String verticle = "";
    private int instances = 1;
    private @Nullable String isolation;
  }
}
