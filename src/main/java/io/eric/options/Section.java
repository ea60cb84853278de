package io.eric.options;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of the settings that a class of its own reads. The section makes the complaints of that
 * class name each setting by its path from the top.
 */
final class Section {

  private final String path;
  private final JsonObject json;

  private Section(String path, JsonObject json) {
    this.path = path;
    this.json = json;
  }

  /** Returns the section of all settings. */
  static Section top(JsonObject settings) {
    return new Section("", settings);
  }

  /** Returns the section under a key, which is empty if the key is absent. */
  Section under(String key) {
    String below = path.isEmpty() ? key : path + '.' + key;
    Object value = json.getValue(key);
    if (value == null && !json.containsKey(key)) {
      return new Section(below, new JsonObject());
    }
    if (value instanceof JsonObject object) {
      return new Section(below, object);
    }
    throw new IllegalArgumentException(
        "setting \"" + below + "\": must be an object, not " + kind(value));
  }

  /** Returns the keys that are set. */
  Set<String> keys() {
    return json.fieldNames();
  }

  /** Reads the settings with these keys only. */
  <T> T read(Function<JsonObject, T> reader, String... keys) {
    JsonObject some = new JsonObject();
    for (String key : keys) {
      if (json.containsKey(key)) {
        some.put(key, json.getValue(key));
      }
    }
    return named(reader, some);
  }

  /** Reads all settings but those with these keys. */
  <T> T readOthers(Function<JsonObject, T> reader, String... keys) {
    JsonObject others = json.copy();
    List<String> elsewhere = List.of(keys);
    elsewhere.forEach(others::remove);
    return named(settings -> withAll(reader, settings, elsewhere), others);
  }

  /** Makes complaints about unknown keys list those too that are read elsewhere. */
  private static <T> T withAll(
      Function<JsonObject, T> reader, JsonObject settings, List<String> elsewhere) {
    try {
      return reader.apply(settings);
    } catch (UnknownSettingException e) {
      throw e.butAlso(elsewhere);
    }
  }

  /** Reads the object under each key. */
  <T> Map<String, T> readEach(Function<JsonObject, T> reader) {
    Map<String, T> all = new LinkedHashMap<>();
    keys().forEach(key -> all.put(key, under(key).readOthers(reader)));
    return Collections.unmodifiableMap(all);
  }

  private <T> T named(Function<JsonObject, T> reader, JsonObject settings) {
    return path.isEmpty() ? reader.apply(settings) : JsonOptions.readUnder(path, settings, reader);
  }

  private static String kind(@Nullable Object value) {
    if (value instanceof JsonArray) {
      return "an array";
    }
    return value instanceof String ? "a string" : String.valueOf(value);
  }
}
