package io.eric.options;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows all settings, by path ({@code http.port}), with their defaults.
 *
 * <p>Safe for any thread.
 */
public final class SettingPaths {

  private SettingPaths() {}

  /** Returns all settings; a default of {@code null} stands for a text that is not set. */
  public static SortedMap<String, @Nullable Object> defaults() {
    SortedMap<String, @Nullable Object> settings = new TreeMap<>();
    collect("", new EricOptions().toJson(), settings);
    return settings;
  }

  private static void collect(
      String path, JsonObject json, SortedMap<String, @Nullable Object> settings) {
    for (String key : json.fieldNames()) {
      String below = path.isEmpty() ? key : path + '.' + key;
      Object value = json.getValue(key);
      if (value instanceof JsonObject section && !section.isEmpty()) {
        collect(below, section, settings);
      } else {
        settings.put(below, value);
      }
    }
  }

  /**
   * Returns the environment variable of a setting: {@code http.idleTimeout} has
   * ERIC_HTTP_IDLE_TIMEOUT.
   */
  public static String variable(String path) {
    return EnvironmentSettings.PREFIX
        + path.replace('.', '_').replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
  }

  /** Puts a value at a path and creates the missing sections on the way. */
  public static void put(JsonObject settings, String path, @Nullable Object value) {
    String[] keys = path.split("\\.");
    JsonObject section = settings;
    for (int i = 0; i < keys.length - 1; i++) {
      JsonObject below = section.getJsonObject(keys[i]);
      if (below == null) {
        below = new JsonObject();
        section.put(keys[i], below);
      }
      section = below;
    }
    section.put(keys[keys.length - 1], value);
  }
}
