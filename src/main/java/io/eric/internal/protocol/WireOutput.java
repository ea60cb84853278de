package io.eric.internal.protocol;

import io.eric.log.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects bytes for the way to another JVM. Numbers take as many bytes as they need, seven bits
 * each. Not safe for several threads.
 */
public final class WireOutput {

  private byte[] bytes;
  private int length;

  /** Empty, with room for this number of bytes before it grows. */
  public WireOutput(int room) {
    this.bytes = new byte[Math.max(16, room)];
  }

  /** How many bytes there are. */
  public int length() {
    return length;
  }

  /** A copy of the bytes. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  /** One byte. */
  public WireOutput putByte(int value) {
    ensure(1);
    bytes[length++] = (byte) value;
    return this;
  }

  /** A truth value, one byte. */
  public WireOutput putBoolean(boolean value) {
    return putByte(value ? 1 : 0);
  }

  /** A number, one to ten bytes; small ones, also below zero, are short. */
  public WireOutput putLong(long value) {
    ensure(10);
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7fL) != 0) {
      bytes[length++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    return this;
  }

  /** A number. */
  public WireOutput putInt(int value) {
    return putLong(value);
  }

  /** Bytes with their number. */
  public WireOutput putBytes(byte[] value) {
    putLong(value.length);
    ensure(value.length);
    System.arraycopy(value, 0, bytes, length, value.length);
    length += value.length;
    return this;
  }

  /** A text; a surrogate without its partner arrives as a question mark. */
  public WireOutput putString(String value) {
    return putBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** A text or null. */
  public WireOutput putOptional(@Nullable String value) {
    putBoolean(value != null);
    return value == null ? this : putString(value);
  }

  /** Records with their number. */
  WireOutput putRecords(List<? extends WireRecord> records) {
    putInt(records.size());
    records.forEach(each -> each.write(this));
    return this;
  }

  /** Numbers with their number. */
  WireOutput putLongs(List<Long> numbers) {
    putInt(numbers.size());
    numbers.forEach(this::putLong);
    return this;
  }

  /** Entries of a log with their number. */
  public WireOutput putEntries(List<Entry> entries) {
    putInt(entries.size());
    entries.forEach(this::putEntry);
    return this;
  }

  /** An entry of a log. */
  WireOutput putEntry(Entry entry) {
    return putLong(entry.sequence())
        .putLong(entry.timestamp())
        .putOptional(entry.receiver())
        .putString(entry.type())
        .putBytes(entry.payload().json())
        .putOptional(entry.sender())
        .putOptional(entry.key());
  }

  private void ensure(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, more)));
    }
  }
}
