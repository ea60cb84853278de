package io.eric.log.file;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what {@link RecordOutput} wrote. The bytes have passed their checksum, so a form that does
 * not fit comes from a mistake of this program or from a later version: reading fails with an
 * {@link IllegalStateException}.
 */
final class RecordInput {

  private final byte[] array;
  private final int end;
  private int at;

  RecordInput(byte[] array, int offset, int length) {
    this.array = array;
    this.at = offset;
    this.end = offset + length;
  }

  boolean isAtEnd() {
    return at == end;
  }

  int getByte() {
    require(1);
    return array[at++] & 0xFF;
  }

  long getNumber() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = getByte();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw malformed();
  }

  int getInt() {
    long value = getNumber();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw malformed();
    }
    return (int) value;
  }

  byte[] getBytes() {
    int length = getInt();
    require(length);
    at += length;
    return Arrays.copyOfRange(array, at - length, at);
  }

  /** Skips what {@link #getBytes} would return, and returns its length. */
  int skipBytes() {
    int length = getInt();
    require(length);
    at += length;
    return length;
  }

  String getString() {
    int head = getInt();
    int length = head >>> 1;
    if ((head & 1) == 0) {
      require(length);
      at += length;
      return new String(array, at - length, length, StandardCharsets.UTF_8);
    }
    char[] chars = new char[length];
    for (int i = 0; i < length; i++) {
      chars[i] = (char) (getByte() << 8 | getByte());
    }
    return new String(chars);
  }

  /** Skips what {@link #getString} would return. */
  void skipString() {
    int head = getInt();
    int length = (head & 1) == 0 ? head >>> 1 : head >>> 1 << 1;
    require(length);
    at += length;
  }

  private void require(int count) {
    if (count < 0 || end - at < count) {
      throw malformed();
    }
  }

  private static IllegalStateException malformed() {
    return new IllegalStateException("a record of a form that this version does not know");
  }
}
