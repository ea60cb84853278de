package io.eric.options;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.eric.Payload;
import io.vertx.core.json.JsonObject;
import java.util.Objects;

/**
 * The settings that all doors have. Setters check ranges and throw {@link
 * IllegalArgumentException}.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 *
 * @param <S> the class itself, which setters return
 */
public abstract class DoorOptions<S extends DoorOptions<S>> {

  private int maxDepth = Payload.DEFAULT_MAX_DEPTH;
  private long attemptTimeout = PublishTimeouts.DEFAULT.attempt();
  private long publishTimeout = PublishTimeouts.DEFAULT.publish();
  private EdgeOptions edge = new EdgeOptions();

  DoorOptions() {}

  abstract S self();

  final void read(JsonObject json) {
    JsonOptions.read(json, this);
    publishTimeouts(); // refuses timeouts that do not go together
  }

  /** Returns all settings, defaults included. */
  public JsonObject toJson() {
    return JsonOptions.write(this);
  }

  /** Returns how deep a payload may nest. The range is 1 to 1000, the default 128. */
  public int getMaxDepth() {
    return maxDepth;
  }

  /** See {@link #getMaxDepth()}. */
  public S setMaxDepth(int maxDepth) {
    this.maxDepth = Range.between("maxDepth", maxDepth, 1, Payload.MAX_DEPTH);
    return self();
  }

  /**
   * Returns how long a publish may take, in milliseconds: the settings {@code attemptTimeout} and
   * {@code publishTimeout}. An attempt must last longer than a channel's {@code publishStall}. The
   * default is {@link PublishTimeouts#DEFAULT}, 2 s and 5 s, and neither may exceed ten years.
   */
  public PublishTimeouts publishTimeouts() {
    return inRange(new PublishTimeouts(attemptTimeout, publishTimeout));
  }

  /** See {@link #publishTimeouts()}. */
  @JsonIgnore
  public S setPublishTimeouts(PublishTimeouts timeouts) {
    this.attemptTimeout = inRange(timeouts).attempt();
    this.publishTimeout = timeouts.publish();
    return self();
  }

  /** Checks all attempts together only, since one of them is never longer. */
  private static PublishTimeouts inRange(PublishTimeouts timeouts) {
    Range.atMost("publishTimeout", timeouts.publish(), Range.TEN_YEARS_MS);
    return timeouts;
  }

  /**
   * Returns how streams are treated. The write deadline applies to answers too. The default is that
   * of {@link EdgeOptions}.
   */
  public EdgeOptions getEdge() {
    return edge;
  }

  /** See {@link #getEdge()}. */
  public S setEdge(EdgeOptions edge) {
    this.edge = Objects.requireNonNull(edge, "edge");
    return self();
  }
}
