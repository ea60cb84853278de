package io.eric.options;

import io.eric.Ids;
import io.eric.InvalidMessageFormatException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A channel that exists from the start. Safe for any thread, provided that its options are not
 * changed after its creation.
 *
 * @param options what differs from the hub's {@code channel} settings, in their JSON form
 * @param listeners the ids of the listeners that it has from the start; they collect messages but
 *     are not started
 */
public record PredefinedChannel(JsonObject options, List<String> listeners) {

  static final String LISTENERS = "listeners";

  /**
   * Checks the options and the ids.
   *
   * @throws IllegalArgumentException naming the option that is unknown, ill-typed or out of range,
   *     or the id that is malformed
   */
  public PredefinedChannel {
    EricOptions.channelWithoutId(options);
    listeners = List.copyOf(listeners);
    for (String listener : listeners) {
      checkId(LISTENERS, listener);
    }
  }

  /** Creates a channel that has the hub's settings and no listeners. */
  public PredefinedChannel() {
    this(new JsonObject(), List.of());
  }

  /**
   * Reads a channel from its options, of which {@code listeners} is one here.
   *
   * @throws IllegalArgumentException naming what is unknown, ill-typed or out of range
   */
  public PredefinedChannel(JsonObject json) {
    this(
        Section.top(json).readOthers(PredefinedChannel::checkedOptions, LISTENERS),
        Section.top(json).read(PredefinedChannel::listeners, LISTENERS));
  }

  private static JsonObject checkedOptions(JsonObject json) {
    EricOptions.channelWithoutId(json);
    return json;
  }

  private static List<String> listeners(JsonObject json) {
    List<String> listeners = JsonOptions.read(json, new Listeners()).listeners;
    listeners.forEach(listener -> checkId(LISTENERS, listener));
    return listeners;
  }

  /** Returns the options with the listeners among them. */
  public JsonObject toJson() {
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
