package io.eric.options;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.PropertyBindingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads and writes options classes as JSON, strictly: an unknown or ill-typed key is refused by
 * name instead of being ignored. An options class is a bean. Its fields are the settings and have
 * the defaults, its setters check their ranges.
 *
 * <p>Not thread-safe. Components read options when they are created, so later changes have no
 * defined effect.
 */
final class JsonOptions {

  /** Complaints that quote the setting begin with this, the others with the setting's name. */
  private static final String QUOTING = "setting \"";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Enum,
              c ->
                  c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
          .withCoercionConfig(
              LogicalType.Textual,
              c ->
                  c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .defaultSetterInfo(JsonSetter.Value.forValueNulls(Nulls.FAIL))
          .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
          .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
          .visibility(PropertyAccessor.SETTER, JsonAutoDetect.Visibility.PUBLIC_ONLY)
          .build();

  private JsonOptions() {}

  /**
   * Reads settings into options through their setters; what is absent in the JSON stays as it is.
   *
   * @return the options
   * @throws IllegalArgumentException naming the key that is unknown or has a wrong value, and what
   *     is allowed
   */
  static <T> T read(JsonObject json, T options) {
    try {
      return MAPPER.readerForUpdating(options).readValue(json.encode());
    } catch (PropertyBindingException e) {
      List<String> allowed =
          e.getKnownPropertyIds() == null
              ? List.of()
              : e.getKnownPropertyIds().stream().map(String::valueOf).sorted().toList();
      throw (UnknownSettingException) new UnknownSettingException(path(e), allowed).initCause(e);
    } catch (JsonMappingException e) {
      throw new IllegalArgumentException(complaint(e), e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the settings are not JSON", e);
    }
  }

  /** A setter's complaint names its setting, so only the path to the setter's object is missing. */
  private static String complaint(JsonMappingException e) {
    List<String> path = path(e);
    if (e.getCause() instanceof IllegalArgumentException refused) {
      String complaint = String.valueOf(refused.getMessage());
      List<String> above = path.subList(0, path.size() - 1);
      return above.isEmpty() ? complaint : under(String.join(".", above), complaint);
    }
    return QUOTING + String.join(".", path) + "\": " + problem(e);
  }

  /**
   * Reads options that stand under a key of others, so that complaints name each setting by its
   * path.
   *
   * @throws IllegalArgumentException as {@link #read} does, with the path in front of the name
   */
  static <T> T readUnder(String path, JsonObject json, Function<JsonObject, T> reader) {
    try {
      return reader.apply(json);
    } catch (UnknownSettingException e) {
      throw e.under(path);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(under(path, String.valueOf(e.getMessage())), e);
    }
  }

  private static String under(String path, String complaint) {
    return complaint.startsWith(QUOTING)
        ? QUOTING + path + '.' + complaint.substring(QUOTING.length())
        : path + '.' + complaint;
  }

  /** Writes options, defaults included. */
  static JsonObject write(Object options) {
    try {
      return new JsonObject(MAPPER.writeValueAsString(options));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not an options class: " + options.getClass(), e);
    }
  }

  private static String problem(JsonMappingException e) {
    if (e instanceof InvalidNullException) {
      return "must not be null";
    }
    Class<?> wanted = e instanceof MismatchedInputException input ? input.getTargetType() : null;
    if (e.getCause() instanceof InputCoercionException) {
      return "is too large a number";
    } else if (wanted == int.class || wanted == long.class) {
      return "must be a whole number";
    } else if (wanted == double.class) {
      return "must be a number";
    } else if (wanted == boolean.class) {
      return "must be true or false";
    } else if (wanted == String.class) {
      return "must be a string";
    }
    if (wanted == null) {
      return "has a wrong value";
    } else if (wanted.isEnum()) {
      return e instanceof InvalidFormatException format && format.getValue() instanceof String text
          ? '"' + text + "\" is none of " + constants(wanted)
          : "must be one of " + constants(wanted);
    } else if (Collection.class.isAssignableFrom(wanted)) {
      return "must be an array";
    }
    return "must be an object";
  }

  /** Returns the texts that stand for an enumeration's constants. */
  private static String constants(Class<?> enumeration) {
    return Arrays.stream(enumeration.getEnumConstants())
        .map(constant -> MAPPER.convertValue(constant, String.class))
        .collect(Collectors.joining(", "));
  }

  private static List<String> path(JsonMappingException e) {
    return e.getPath().stream()
        .map(
            step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
        .toList();
  }
}
