package io.eric.log.file;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing array of bytes to encode records into. Numbers are written seven bits at a time, lowest
 * first. Strings are written as their length and UTF-8, or as UTF-16 where UTF-8 would change them,
 * because they have a surrogate without its partner. Not safe for use by several threads.
 */
final class RecordOutput {

  private byte[] array;
  private int length;

  RecordOutput(int capacity) {
    array = new byte[capacity];
  }

  /** Returns the array, of which the first {@link #length()} bytes are written. */
  byte[] array() {
    return array;
  }

  int length() {
    return length;
  }

  /**
   * Discards everything beyond a length. An array that has become larger than {@code maxCapacity}
   * is replaced by a smaller one, unless the length needs it.
   */
  void truncate(int newLength, int maxCapacity) {
    length = newLength;
    if (array.length > maxCapacity && newLength <= maxCapacity) {
      array = Arrays.copyOf(array, maxCapacity);
    }
  }

  /** Leaves room, which {@link #setInt} fills later. */
  void skip(int count) {
    reserve(count);
    length += count;
  }

  void setInt(int at, int value) {
    array[at] = (byte) (value >>> 24);
    array[at + 1] = (byte) (value >>> 16);
    array[at + 2] = (byte) (value >>> 8);
    array[at + 3] = (byte) value;
  }

  void putByte(int value) {
    reserve(1);
    array[length++] = (byte) value;
  }

  void putNumber(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      array[length++] = (byte) (rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    array[length++] = (byte) rest;
  }

  void putBytes(byte[] bytes) {
    putNumber(bytes.length);
    putRaw(bytes);
  }

  void putString(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (new String(utf8, StandardCharsets.UTF_8).equals(text)) {
      putNumber((long) utf8.length << 1);
      putRaw(utf8);
    } else {
      putNumber((long) text.length() << 1 | 1);
      for (int i = 0; i < text.length(); i++) {
        putByte(text.charAt(i) >>> 8);
        putByte(text.charAt(i));
      }
    }
  }

  private void putRaw(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, array, length, bytes.length);
    length += bytes.length;
  }

  private void reserve(int count) {
    if (array.length - length < count) {
      array = Arrays.copyOf(array, Math.max(array.length * 2, length + count));
    }
  }
}
