package io.eric.metrics;

import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Collects from the parts of a hub whether it can do its work. {@code /healthz} and {@code /readyz}
 * are DOWN while a part has trouble. There is one per Vert.x instance, safe for any thread.
 */
public final class Health implements Shareable {

  private static final String MAP = "io.eric.health";

  private final CopyOnWriteArrayList<HealthSource> sources = new CopyOnWriteArrayList<>();

  /** Creates a health without any parts; that of a hub is {@link #of}. */
  public Health() {}

  /** Returns the health of this Vert.x instance. */
  public static Health of(Vertx vertx) {
    LocalMap<String, Health> map = vertx.sharedData().getLocalMap(MAP);
    return map.computeIfAbsent(MAP, none -> new Health());
  }

  /**
   * Adds a part that is asked from now on.
   *
   * @return removes the part again; idempotent
   */
  public Runnable add(HealthSource source) {
    sources.addIfAbsent(source);
    return () -> sources.remove(source);
  }

  /** Returns the troubles of all parts; empty if all is well. */
  public List<String> troubles() {
    return sources.stream().flatMap(source -> source.troubles().stream()).toList();
  }
}
