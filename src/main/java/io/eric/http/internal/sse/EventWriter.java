package io.eric.http.internal.sse;

import io.eric.Payload;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the lines of events into one growing array. Payload bytes are copied from array to array,
 * and no strings are built. A writer serves one batch.
 */
final class EventWriter {

  private static final byte[] EVENT = ascii("event: ");
  private static final byte[] ID = ascii("id: ");
  private static final byte[] DATA = ascii("data: ");
  private static final byte[] NEXT_DATA = ascii("\ndata: ");
  private static final byte[] RETRY = ascii("retry: ");

  /** The first two bytes of U+2028 and U+2029 in UTF-8. */
  private static final byte[] SEPARATORS = {(byte) 0xE2, (byte) 0x80};

  private static final byte LINE_SEPARATOR = (byte) 0xA8;
  private static final byte PARAGRAPH_SEPARATOR = (byte) 0xA9;

  /** U+0085 in UTF-8. */
  private static final byte[] NEXT_LINE = {(byte) 0xC2, (byte) 0x85};

  private static final byte[] ESCAPED_LINE = ascii("\\u2028");
  private static final byte[] ESCAPED_PARAGRAPH = ascii("\\u2029");
  private static final byte[] ESCAPED_NEXT_LINE = ascii("\\u0085");

  /** Digits of the longest number, and its sign. */
  private static final int MAX_DIGITS = 20;

  /** The code point that is written for a surrogate without its partner. */
  private static final int REPLACEMENT = 0xFFFD;

  private byte[] bytes;
  private int length;

  /** Set after a CR, so that the LF of a CRLF does not break the line again. */
  private boolean afterCr;

  EventWriter(int estimate) {
    this.bytes = new byte[estimate];
  }

  /** Writes {@code event: type}. */
  void event(String type) {
    append(EVENT);
    text(type);
    append('\n');
  }

  /** Writes {@code id: epoch-sequence}. */
  void id(String epoch, long sequence) {
    append(ID);
    text(epoch);
    append('-');
    number(sequence);
    append('\n');
  }

  /** Writes {@code id: position}. */
  void id(String position) {
    append(ID);
    text(position);
    append('\n');
  }

  /** Writes {@code retry: milliseconds}. */
  void retry(int ms) {
    append(RETRY);
    number(ms);
    append('\n');
  }

  /** Writes a lone colon, which is a comment. */
  void comment() {
    append(':');
    append('\n');
  }

  /** Writes one {@code data: } line per line of the payload. */
  void data(Payload payload) {
    byte[] json = payload.json();
    append(DATA);
    afterCr = false;
    if (!payload.isText()) {
      json(json);
    } else {
      int escape = indexOf(json, (byte) '\\', 1, json.length - 1);
      if (escape < 0) {
        append(json, 1, json.length - 1); // a JSON string has line breaks only as escapes
      } else {
        append(json, 1, escape);
        unescaped(json, escape, json.length - 1);
      }
    }
    append('\n');
  }

  /** Writes the blank line that dispatches the event. */
  void end() {
    append('\n');
  }

  /** Returns what was written, without a copy. The writer must not be used afterwards. */
  Buffer toBuffer() {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes, 0, length));
  }

  /**
   * Writes JSON. Only the white space between tokens can have line breaks, and few payloads have
   * any. The line separators of Unicode occur in strings only and are written as escapes, since
   * some clients break lines there (CWE-93). One comparison finds the bytes that may begin either.
   */
  private void json(byte[] json) {
    int start = 0;
    int to = json.length;
    for (int i = 0; i < to; i++) {
      byte b = json[i];
      if (b > '\r') {
        continue; // ASCII and no line break
      }
      if (b == '\n' || b == '\r') {
        append(json, start, i);
        append(NEXT_DATA);
        if (b == '\r' && i + 1 < to && json[i + 1] == '\n') {
          i++;
        }
        start = i + 1;
      } else if (b == SEPARATORS[0]
          && i + 2 < to
          && json[i + 1] == SEPARATORS[1]
          && (json[i + 2] == LINE_SEPARATOR || json[i + 2] == PARAGRAPH_SEPARATOR)) {
        append(json, start, i);
        append(json[i + 2] == LINE_SEPARATOR ? ESCAPED_LINE : ESCAPED_PARAGRAPH);
        i += 2;
        start = i + 1;
      } else if (b == NEXT_LINE[0] && i + 1 < to && json[i + 1] == NEXT_LINE[1]) {
        append(json, start, i);
        append(ESCAPED_NEXT_LINE);
        i++;
        start = i + 1;
      }
    }
    append(json, start, to);
  }

  /** Writes the inside of a JSON string from its first escape on. */
  private void unescaped(byte[] json, int from, int to) {
    int i = from;
    while (i < to) {
      if (json[i] != '\\') {
        int escape = indexOf(json, (byte) '\\', i, to);
        int end = escape < 0 ? to : escape;
        append(json, i, end);
        afterCr = false;
        i = end;
        continue;
      }
      int escape = json[i + 1];
      i += 2;
      switch (escape) {
        case 'n' -> character('\n');
        case 'r' -> character('\r');
        case 't' -> character('\t');
        case 'b' -> character('\b');
        case 'f' -> character('\f');
        case 'u' -> {
          int point = hex(json, i);
          i += 4;
          if (isSurrogate(point)) {
            int low = isEscapedUnit(json, i, to) ? hex(json, i + 2) : 0;
            if (point <= Character.MAX_HIGH_SURROGATE
                && low >= Character.MIN_LOW_SURROGATE
                && low <= Character.MAX_LOW_SURROGATE) {
              point = Character.toCodePoint((char) point, (char) low);
              i += 6;
            } else {
              point = REPLACEMENT;
            }
          }
          character(point);
        }
        default -> character(escape); // quote, backslash and slash stand for themselves
      }
    }
  }

  private static boolean isEscapedUnit(byte[] json, int at, int to) {
    return at + 6 <= to && json[at] == '\\' && json[at + 1] == 'u';
  }

  /** Writes a character of data. A line break becomes the start of the next line. */
  private void character(int point) {
    boolean lineFeedOfCrLf = point == '\n' && afterCr;
    afterCr = point == '\r';
    if (lineFeedOfCrLf) {
      return;
    }
    if (point == '\n' || point == '\r') {
      append(NEXT_DATA);
    } else {
      utf8(point);
    }
  }

  private void text(String text) {
    ensure(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        append(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        utf8(Character.toCodePoint(c, text.charAt(++i)));
      } else {
        utf8(isSurrogate(c) ? REPLACEMENT : c);
      }
    }
  }

  private static boolean isSurrogate(int point) {
    return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
  }

  private void utf8(int point) {
    ensure(4);
    if (point < 0x80) {
      bytes[length++] = (byte) point;
    } else if (point < 0x800) {
      bytes[length++] = (byte) (0xC0 | point >> 6);
      bytes[length++] = (byte) (0x80 | point & 0x3F);
    } else if (point < 0x10000) {
      bytes[length++] = (byte) (0xE0 | point >> 12);
      bytes[length++] = (byte) (0x80 | point >> 6 & 0x3F);
      bytes[length++] = (byte) (0x80 | point & 0x3F);
    } else {
      bytes[length++] = (byte) (0xF0 | point >> 18);
      bytes[length++] = (byte) (0x80 | point >> 12 & 0x3F);
      bytes[length++] = (byte) (0x80 | point >> 6 & 0x3F);
      bytes[length++] = (byte) (0x80 | point & 0x3F);
    }
  }

  private void number(long value) {
    ensure(MAX_DIGITS);
    int digits = 1;
    for (long rest = value / 10; rest != 0; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int at = length + digits - 1; at >= length; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
  }

  private static int hex(byte[] json, int from) {
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      value = value << 4 | Character.digit(json[i], 16);
    }
    return value;
  }

  private static int indexOf(byte[] json, byte wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (json[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private void append(int ascii) {
    ensure(1);
    bytes[length++] = (byte) ascii;
  }

  private void append(byte[] source) {
    append(source, 0, source.length);
  }

  private void append(byte[] source, int from, int to) {
    ensure(to - from);
    System.arraycopy(source, from, bytes, length, to - from);
    length += to - from;
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more, bytes.length + (bytes.length >> 1)));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
