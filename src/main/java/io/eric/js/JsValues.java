package io.eric.js;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * Converts values between Java and a script. JSON values are plain values there, and a {@link
 * Buffer} is a {@code Uint8Array}. Objects go through JSON text, which measured faster than proxies
 * and leaves nothing shared.
 */
final class JsValues {

  private static final double LARGEST_EXACT = (double) (1L << 53);

  private final Value parse;
  private final Value stringify;
  private final Value toBytes;

  /**
   * Converts with these functions of the script's context.
   *
   * @param parse {@code JSON.parse}
   * @param stringify {@code JSON.stringify}
   * @param toBytes makes a {@code Uint8Array} of an {@code ArrayBuffer}'s content
   */
  JsValues(Value parse, Value stringify, Value toBytes) {
    this.parse = parse;
    this.stringify = stringify;
    this.toBytes = toBytes;
  }

  /**
   * Converts a value for the script.
   *
   * @throws IllegalArgumentException if it is neither JSON nor a buffer
   */
  @Nullable Object toJs(@Nullable Object value) {
    if (value == null || value instanceof String || value instanceof Boolean) {
      return value;
    } else if (value instanceof Number number) {
      return number.doubleValue();
    } else if (value instanceof JsonObject
        || value instanceof JsonArray
        || value instanceof Map
        || value instanceof List) {
      return parse.execute(Json.encode(value));
    } else if (value instanceof Buffer buffer) {
      return toBytes.execute(ByteBuffer.wrap(buffer.getBytes()));
    } else if (value instanceof CharSequence text) {
      return text.toString();
    }
    throw new IllegalArgumentException("a script cannot be given a " + value.getClass().getName());
  }

  /**
   * Converts a value of the script.
   *
   * @throws IllegalArgumentException if it is neither JSON nor a buffer
   */
  @Nullable Object fromJs(Value value) {
    if (value.isNull()) {
      return null;
    } else if (value.isString()) {
      return value.asString();
    } else if (value.isBoolean()) {
      return value.asBoolean();
    } else if (value.isNumber()) {
      return number(value);
    } else if (value.canExecute()) {
      throw new IllegalArgumentException("a function is no JSON value");
    }
    Buffer bytes = bytes(value);
    if (bytes != null) {
      return bytes;
    }
    Value text = stringify.execute(value);
    return text.isString() ? Json.decodeValue(text.asString()) : null;
  }

  private static Object number(Value value) {
    if (value.fitsInInt()) {
      return value.asInt();
    }
    double number = value.asDouble();
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw new IllegalArgumentException(number + " is no JSON value");
    }
    boolean whole = number == Math.rint(number) && Math.abs(number) < LARGEST_EXACT;
    return whole ? (Object) (long) number : (Object) number;
  }

  /** Returns the bytes of a {@code Uint8Array}, or null if the value is none. */
  private static @Nullable Buffer bytes(Value value) {
    if (!value.hasArrayElements() || !value.hasMember("buffer")) {
      return null;
    }
    Value buffer = value.getMember("buffer");
    if (!buffer.hasBufferElements()) {
      return null;
    }
    byte[] bytes = new byte[value.getMember("byteLength").asInt()];
    buffer.readBuffer(value.getMember("byteOffset").asInt(), bytes, 0, bytes.length);
    return Buffer.buffer(bytes);
  }
}
