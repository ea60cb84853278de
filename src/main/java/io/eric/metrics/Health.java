package io.eric.metrics;

import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Whether a hub can do its work, as its parts say: {@code /healthz} and {@code /readyz} are DOWN
 * while one of them has trouble. One per Vert.x instance, for any thread.
 */
public final class Health implements Shareable {

  private static final String MAP = "io.eric.health";

  private final CopyOnWriteArrayList<HealthSource> sources = new CopyOnWriteArrayList<>();

  /** The health of nothing yet; a hub's is {@link #of}. */
  public Health() {}

  /** The health of this Vert.x instance. */
  public static Health of(Vertx vertx) {
    LocalMap<String, Health> map = vertx.sharedData().getLocalMap(MAP);
    return map.computeIfAbsent(MAP, none -> new Health());
  }

  /**
   * From now on this part is asked too.
   *
   * @return what makes it forgotten again; idempotent
   */
  public Runnable add(HealthSource source) {
    sources.addIfAbsent(source);
    return () -> sources.remove(source);
  }

  /** What all parts have to say; none if all is well. */
  public List<String> troubles() {
    return sources.stream().flatMap(source -> source.troubles().stream()).toList();
  }
}
