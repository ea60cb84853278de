package io.eric.options;

import io.eric.Ids;
import io.eric.InvalidMessageFormatException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A channel that exists from the start.
 *
 * @param options what differs from the hub's {@code channel} settings, in their JSON form
 * @param listeners ids of the listeners it has from the start, which collect but are not started
 */
public record PredefinedChannel(JsonObject options, List<String> listeners) {

  static final String LISTENERS = "listeners";

  /**
   * Checks the ids.
   *
   * @throws IllegalArgumentException naming the id that is malformed
   */
  public PredefinedChannel {
    listeners = List.copyOf(listeners);
    for (String listener : listeners) {
      checkId(LISTENERS, listener);
    }
  }

  /** A channel with the hub's settings and without listeners. */
  public PredefinedChannel() {
    this(new JsonObject(), List.of());
  }

  /** The listeners out of {@code {"listeners": [...]}}. */
  static List<String> listeners(JsonObject json) {
    List<String> listeners = JsonOptions.read(json, Listeners.class).listeners;
    listeners.forEach(listener -> checkId(LISTENERS, listener));
    return listeners;
  }

  /** The options with the listeners among them. */
  JsonObject toJson() {
    JsonObject json = options.copy();
    return listeners.isEmpty() ? json : json.put(LISTENERS, new JsonArray(listeners));
  }

  /** Checks an id that stands under {@code channels} or {@code listeners}. */
  static void checkId(String setting, String id) {
    try {
      Ids.check(setting.substring(0, setting.length() - 1), id);
    } catch (InvalidMessageFormatException e) {
      throw new IllegalArgumentException(
          "setting \"" + setting + "\": \"" + id + "\" is no id: " + e.getMessage(), e);
    }
  }

  /** The one setting that is not an option of the channel. */
  private static final class Listeners {
    private List<String> listeners = List.of();
  }
}
