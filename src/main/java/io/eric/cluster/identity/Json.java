package io.eric.cluster.identity;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Reads what this package writes as JSON. Whatever has another form fails. */
final class Json {

  private Json() {}

  static String text(JsonObject json, String key) {
    return Objects.requireNonNull(json.getString(key), key);
  }

  static <T> List<T> list(JsonObject json, String key, Function<JsonObject, T> reader) {
    JsonArray array = Objects.requireNonNull(json.getJsonArray(key), key);
    return array.stream().map(item -> reader.apply((JsonObject) item)).toList();
  }

  static <T> JsonArray array(List<T> items, Function<T, JsonObject> writer) {
    return new JsonArray(items.stream().map(writer).toList());
  }
}
