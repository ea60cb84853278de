package io.eric;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.EncodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value, kept as the bytes with which it arrived. It is therefore parsed only once, its
 * numbers keep their digits, and every door writes it without building a tree. Immutable, so safe
 * for any thread.
 */
public final class Payload {

  /** JSON {@code null}. */
  public static final Payload NULL = new Payload("null".getBytes(StandardCharsets.US_ASCII));

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final long HIGH_BITS = 0x8080808080808080L;

  private final byte[] json;

  private Payload(byte[] json) {
    this.json = json;
  }

  /**
   * The deepest nesting of any value, whatever its source, because JSON parsers refuse deeper ones.
   */
  public static final int MAX_DEPTH = 1000;

  /**
   * The most bytes in UTF-8 of an object's name. This limit and the next two are those with which
   * Vert.x decodes JSON by default: a longer value could be kept, but not be read by a program.
   */
  public static final int MAX_NAME_BYTES = 50_000;

  /** The most digits of a number, those of the exponent included. */
  public static final int MAX_NUMBER_DIGITS = 1000;

  /** The most characters of a string that is or is in a value of a program. */
  public static final int MAX_STRING_LENGTH = 20_000_000;

  /** The bits of the longest number, and a few more: a digit has 3.33 bits. */
  private static final int MAX_NUMBER_BITS = 10 * MAX_NUMBER_DIGITS / 3;

  /** The most bytes that UTF-8 needs for a {@code char}. */
  private static final int MAX_BYTES_PER_CHAR = 3;

  /** The deepest nesting of a payload unless the settings say otherwise. */
  public static final int DEFAULT_MAX_DEPTH = 128;

  /**
   * Encodes a value that nests at most {@value #MAX_DEPTH} deep. Its names have at most {@value
   * #MAX_NAME_BYTES} bytes in UTF-8, its numbers {@value #MAX_NUMBER_DIGITS} digits and its strings
   * {@value #MAX_STRING_LENGTH} characters.
   *
   * @param value a value that {@link Message#payload()} allows
   * @throws InvalidMessageFormatException if it holds NaN or an infinity, which JSON lacks, exceeds
   *     one of these limits, or is not a JSON value
   */
  public static Payload of(@Nullable Object value) {
    if (value instanceof Payload payload) {
      return payload;
    }
    if (value == null) {
      return NULL;
    }
    check(value, MAX_DEPTH);
    try {
      return new Payload(utf8(Json.encode(value)));
    } catch (EncodeException e) {
      throw new InvalidMessageFormatException("the payload is no JSON value");
    }
  }

  /**
   * Wraps bytes that a parser has found to be one JSON value in valid UTF-8. They are not copied
   * and must not change.
   */
  public static Payload ofValidJson(byte[] json) {
    return new Payload(json);
  }

  /** Returns whether this is a JSON string; doors write such a payload without its quotes. */
  public boolean isText() {
    return json[0] == '"';
  }

  /** Returns the JSON text in UTF-8. The array is not a copy, so it must not be changed. */
  public byte[] json() {
    return json;
  }

  /** Returns the size of the JSON text in bytes. */
  public int size() {
    return json.length;
  }

  /**
   * Decodes the value: null, String, Number, Boolean, JsonObject or JsonArray.
   *
   * @throws IllegalStateException if the value exceeds a limit with which Vert.x decodes JSON; a
   *     value from {@link #of} does not, unless the program has lowered these limits. Also if
   *     {@link #ofValidJson} was given something that is not JSON
   */
  public @Nullable Object value() {
    try {
      return Json.decodeValue(Buffer.buffer(json));
    } catch (DecodeException e) {
      throw new IllegalStateException("the payload cannot be decoded: " + e.getMessage(), e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Payload payload && Arrays.equals(json, payload.json);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(json);
  }

  /** Returns the JSON text. */
  @Override
  public String toString() {
    return new String(json, StandardCharsets.UTF_8);
  }

  /**
   * Encodes a JSON text in UTF-8. UTF-8 cannot express a surrogate without its partner. In JSON,
   * one can only stand inside a string, so it is written as its JSON escape and survives.
   */
  private static byte[] utf8(String text) {
    byte[] quick = text.getBytes(StandardCharsets.UTF_8);
    if (!hasLoneSurrogate(text)) {
      return quick;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(quick.length + 16);
    text.codePoints()
        .forEach(
            point -> {
              boolean lone = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
              String piece =
                  lone ? String.format(Locale.ROOT, "\\u%04x", point) : Character.toString(point);
              out.writeBytes(piece.getBytes(StandardCharsets.UTF_8));
            });
    return out.toByteArray();
  }

  private static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (i + 1 == text.length() || !Character.isSurrogatePair(c, text.charAt(i + 1))) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  /**
   * Checks for values that JSON lacks or that could not be decoded again. The depth is limited,
   * because a hostile value could otherwise overflow the stack.
   */
  private static void check(@Nullable Object value, int depthLeft) {
    if (value instanceof Double d && !Double.isFinite(d)
        || value instanceof Float f && !Float.isFinite(f)) {
      throw new InvalidMessageFormatException("JSON knows no NaN and no infinity");
    }
    if (value instanceof String text) {
      checkLength(text);
    } else if (value instanceof BigInteger || value instanceof BigDecimal) {
      checkDigits((Number) value);
    } else if (value instanceof JsonObject object) {
      object.getMap().keySet().forEach(Payload::checkName);
      checkAll(object.getMap().values(), depthLeft);
    } else if (value instanceof JsonArray array) {
      checkAll(array.getList(), depthLeft);
    } else if (value instanceof Map<?, ?> map) {
      map.keySet().forEach(name -> checkName(String.valueOf(name)));
      checkAll(map.values(), depthLeft);
    } else if (value instanceof Iterable<?> values) {
      checkAll(values, depthLeft);
    }
  }

  private static void checkAll(Iterable<?> values, int depthLeft) {
    if (depthLeft == 0) {
      throw new InvalidMessageFormatException("the payload nests deeper than " + MAX_DEPTH);
    }
    for (Object each : values) {
      check(each, depthLeft - 1);
    }
  }

  private static void checkLength(String text) {
    if (text.length() > MAX_STRING_LENGTH) {
      throw new InvalidMessageFormatException(
          "a string in the payload has "
              + text.length()
              + " characters, at most "
              + MAX_STRING_LENGTH
              + " are allowed");
    }
  }

  /** Counts the bits first, because the digits of a huge number take minutes to compute. */
  private static void checkDigits(Number number) {
    BigInteger whole =
        number instanceof BigDecimal decimal ? decimal.unscaledValue() : (BigInteger) number;
    if (whole.bitLength() > MAX_NUMBER_BITS
        || number.toString().chars().filter(Character::isDigit).count() > MAX_NUMBER_DIGITS) {
      throw new InvalidMessageFormatException(
          "a number in the payload has more than " + MAX_NUMBER_DIGITS + " digits");
    }
  }

  private static void checkName(String name) {
    if (name.length() <= MAX_NAME_BYTES / MAX_BYTES_PER_CHAR) {
      return; // as a rule, and without a look at the characters
    }
    long bytes = name.codePoints().mapToLong(Payload::bytesInUtf8).sum();
    if (bytes > MAX_NAME_BYTES) {
      throw new InvalidMessageFormatException(
          "a name in the payload has "
              + bytes
              + " bytes in UTF-8, at most "
              + MAX_NAME_BYTES
              + " are allowed");
    }
  }

  private static int bytesInUtf8(int codePoint) {
    if (codePoint < 0x80) {
      return 1;
    }
    if (codePoint < 0x800) {
      return 2;
    }
    return codePoint < 0x10000 ? 3 : 4;
  }

  /** Checks eight bytes at a time, because most messages are ASCII and every one is checked. */
  private static boolean isAscii(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int at = offset;
    for (; at <= end - Long.BYTES; at += Long.BYTES) {
      if (((long) EIGHT_BYTES.get(bytes, at) & HIGH_BITS) != 0) {
        return false;
      }
    }
    for (; at < end; at++) {
      if (bytes[at] < 0) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether the bytes are well-formed UTF-8. */
  public static boolean isUtf8(byte[] bytes, int offset, int length) {
    return isAscii(bytes, offset, length)
        || ByteBufUtil.isText(
            Unpooled.wrappedBuffer(bytes, offset, length), StandardCharsets.UTF_8);
  }
}
