package io.eric.socket;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes JSON as Python's {@code json.dumps} does: {@code ", "} and {@code ": "} between the parts,
 * and everything beyond printable ASCII escaped. Numbers keep the digits with which they came, and
 * keys keep their order. A surrogate without its partner stays the escape that it was. The text is
 * written in one pass, without building a tree.
 */
final class PythonJson {

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] out;
  private int length;

  /** Starts an empty text that will be about this long. */
  PythonJson(int expected) {
    this.out = new byte[Math.max(16, expected)];
  }

  /** Copies a text of printable ASCII, without quotes. */
  PythonJson plain(String ascii) {
    int count = ascii.length();
    ensure(count);
    for (int i = 0; i < count; i++) {
      out[length++] = (byte) ascii.charAt(i);
    }
    return this;
  }

  /** Writes a string in quotes. */
  PythonJson string(String text) {
    ensure(text.length() + 2);
    put('"');
    for (int i = 0; i < text.length(); i++) {
      unit(text.charAt(i));
    }
    put('"');
    return this;
  }

  /**
   * Writes a JSON value anew.
   *
   * @param json one valid JSON value in valid UTF-8
   */
  PythonJson value(byte[] json) {
    ensure(json.length + (json.length >> 3));
    int i = 0;
    while (i < json.length) {
      byte b = json[i++];
      switch (b) {
        case '"' -> {
          put('"');
          i = stringFrom(json, i);
        }
        case ',', ':' -> {
          put(b);
          put(' ');
        }
        case ' ', '\t', '\n', '\r' -> {}
        default -> put(b);
      }
    }
    return this;
  }

  /** What was written. */
  Buffer toBuffer() {
    return Buffer.buffer(length).appendBytes(out, 0, length);
  }

  /** What was written. */
  byte[] toBytes() {
    return Arrays.copyOf(out, length);
  }

  /**
   * Copies the string whose first character is at {@code i}, and returns the index behind its
   * closing quote.
   */
  private int stringFrom(byte[] json, int i) {
    while (true) {
      int plain = i;
      while (json[i] >= 0x20 && json[i] < 0x7f && json[i] != '"' && json[i] != '\\') {
        i++;
      }
      copy(json, plain, i - plain);
      byte b = json[i++];
      if (b == '"') {
        put('"');
        return i;
      }
      if (b == '\\') {
        i = escape(json, i);
      } else if (b >= 0) {
        // The byte is DEL: the controls below a space do not stand in a valid JSON string.
        unit(b);
      } else {
        i = codePoint(json, i - 1);
      }
    }
  }

  private int escape(byte[] json, int i) {
    switch (json[i]) {
      case 'u' -> {
        int unit = 0;
        for (int k = 1; k <= 4; k++) {
          unit = unit << 4 | Character.digit(json[i + k], 16);
        }
        unit(unit);
        return i + 5;
      }
      case 'n' -> unit('\n');
      case 'r' -> unit('\r');
      case 't' -> unit('\t');
      case 'b' -> unit('\b');
      case 'f' -> unit('\f');
      default -> unit(json[i]);
    }
    return i + 1;
  }

  /** Writes the code point whose UTF-8 starts at {@code i} as one or two UTF-16 escapes. */
  private int codePoint(byte[] json, int i) {
    int first = json[i] & 0xff;
    if (first < 0xe0) {
      unit((first & 0x1f) << 6 | json[i + 1] & 0x3f);
      return i + 2;
    }
    if (first < 0xf0) {
      unit((first & 0x0f) << 12 | (json[i + 1] & 0x3f) << 6 | json[i + 2] & 0x3f);
      return i + 3;
    }
    int point =
        (first & 0x07) << 18
            | (json[i + 1] & 0x3f) << 12
            | (json[i + 2] & 0x3f) << 6
            | json[i + 3] & 0x3f;
    unit(Character.highSurrogate(point));
    unit(Character.lowSurrogate(point));
    return i + 4;
  }

  /** Writes one UTF-16 unit of a string's content. */
  private void unit(int unit) {
    switch (unit) {
      case '"', '\\' -> escaped(unit);
      case '\n' -> escaped('n');
      case '\r' -> escaped('r');
      case '\t' -> escaped('t');
      case '\b' -> escaped('b');
      case '\f' -> escaped('f');
      default -> {
        if (unit >= 0x20 && unit < 0x7f) {
          put(unit);
        } else {
          ensure(6);
          out[length++] = '\\';
          out[length++] = 'u';
          out[length++] = HEX[unit >> 12];
          out[length++] = HEX[unit >> 8 & 15];
          out[length++] = HEX[unit >> 4 & 15];
          out[length++] = HEX[unit & 15];
        }
      }
    }
  }

  private void escaped(int letter) {
    put('\\');
    put(letter);
  }

  private void put(int b) {
    if (length == out.length) {
      ensure(1);
    }
    out[length++] = (byte) b;
  }

  private void copy(byte[] from, int offset, int count) {
    ensure(count);
    System.arraycopy(from, offset, out, length, count);
    length += count;
  }

  private void ensure(int more) {
    if (out.length - length < more) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, length + more));
    }
  }
}
