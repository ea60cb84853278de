package io.eric.app;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads settings from environment variables: the upper-case path of the setting after ERIC_. */
final class EnvironmentSettings {

  static final String PREFIX = "ERIC_";

  /** Variables that start like a setting and are none: they concern logging and the tests. */
  private static final Set<String> OTHERS = Set.of("ERIC_LOG_LEVEL", "ERIC_REQUIRE_ALL");

  private EnvironmentSettings() {}

  /**
   * The settings that the environment names.
   *
   * @throws IllegalArgumentException naming a variable that is no setting, or whose value has the
   *     wrong type or range
   */
  static JsonObject read(Map<String, String> environment) {
    SortedMap<String, String> paths = new TreeMap<>();
    SortedMap<String, @Nullable Object> defaults = SettingPaths.defaults();
    defaults.keySet().forEach(path -> paths.put(SettingPaths.variable(path), path));
    JsonObject settings = new JsonObject();
    new TreeMap<>(environment)
        .forEach(
            (variable, text) -> {
              if (!variable.startsWith(PREFIX) || OTHERS.contains(variable)) {
                return;
              }
              String path = paths.get(variable);
              if (path == null) {
                throw new IllegalArgumentException(
                    "environment variable " + variable + " is no setting of eric");
              }
              Object defaultValue = defaults.get(path);
              if (text.isEmpty() && !mayBeEmpty(defaultValue)) {
                throw new IllegalArgumentException(
                    "environment variable "
                        + variable
                        + " is set but empty: unset it for the default of "
                        + path
                        + ", or give it "
                        + expected(defaultValue));
              }
              Object value = typed(variable, text, defaultValue);
              check(variable, path, value);
              SettingPaths.put(settings, path, value);
            });
    return settings;
  }

  /** An empty list is one, and an empty text where that is the default. */
  private static boolean mayBeEmpty(@Nullable Object defaultValue) {
    return defaultValue instanceof JsonArray || "".equals(defaultValue);
  }

  private static @Nullable Object typed(
      String variable, String text, @Nullable Object defaultValue) {
    try {
      if (defaultValue instanceof Boolean) {
        return switch (text) {
          case "true" -> true;
          case "false" -> false;
          default -> throw new NumberFormatException();
        };
      } else if (defaultValue instanceof Integer || defaultValue instanceof Long) {
        return Long.valueOf(text);
      } else if (defaultValue instanceof Number) {
        return Double.valueOf(text);
      } else if (defaultValue instanceof JsonArray) {
        return text.startsWith("[") ? new JsonArray(text) : list(text);
      } else if (defaultValue instanceof JsonObject) {
        return new JsonObject(text);
      }
      return text;
    } catch (NumberFormatException | DecodeException e) {
      throw new IllegalArgumentException(
          "environment variable " + variable + " must be " + expected(defaultValue), e);
    }
  }

  /** A text with commas between the items; an empty text is no item. */
  private static JsonArray list(String text) {
    JsonArray list = new JsonArray();
    Arrays.stream(text.split(",")).map(String::strip).filter(s -> !s.isEmpty()).forEach(list::add);
    return list;
  }

  private static String expected(@Nullable Object defaultValue) {
    if (defaultValue instanceof Boolean) {
      return "true or false";
    } else if (defaultValue instanceof Integer || defaultValue instanceof Long) {
      return "a whole number";
    } else if (defaultValue instanceof Number) {
      return "a number";
    }
    if (defaultValue == null || defaultValue instanceof String) {
      return "a text";
    }
    return defaultValue instanceof JsonArray ? "a JSON array or a list with commas" : "JSON";
  }

  /** Each variable is checked alone, so that the complaint can name it. */
  private static void check(String variable, String path, @Nullable Object value) {
    JsonObject alone = new JsonObject();
    SettingPaths.put(alone, path, value);
    try {
      EricOptions.fromJson(alone);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "environment variable " + variable + ": " + e.getMessage(), e);
    }
  }
}
