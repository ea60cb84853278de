package io.eric.internal.protocol;

import io.eric.log.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects the bytes that go to another JVM. Numbers take as many bytes as they need, with seven
 * bits in each. Not safe for several threads.
 */
public final class WireOutput {

  /** What is reserved at most, in bytes, because it is an estimate. */
  private static final long MAX_RESERVED = 1 << 20;

  private byte[] bytes;
  private int length;

  /** Creates an empty output, with room for this number of bytes before it grows. */
  public WireOutput(int room) {
    this.bytes = new byte[Math.max(16, room)];
  }

  /** Returns a copy of the bytes. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  /** Writes one byte. */
  public WireOutput putByte(int value) {
    ensure(1);
    bytes[length++] = (byte) value;
    return this;
  }

  /** Writes a truth value as one byte. */
  public WireOutput putBoolean(boolean value) {
    return putByte(value ? 1 : 0);
  }

  /** Writes a number as one to ten bytes; small numbers are short, negative ones too. */
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

  /** Writes a number. */
  public WireOutput putInt(int value) {
    return putLong(value);
  }

  /** Writes the number of bytes, then the bytes. */
  public WireOutput putBytes(byte[] value) {
    return putLong(value.length).putRaw(value);
  }

  /** Writes bytes that another output has made, as they are. */
  public WireOutput putRaw(byte[] value) {
    ensure(value.length);
    System.arraycopy(value, 0, bytes, length, value.length);
    length += value.length;
    return this;
  }

  /** Writes a text. A surrogate without its partner arrives as a question mark. */
  public WireOutput putString(String value) {
    return putBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a text or null. */
  public WireOutput putOptional(@Nullable String value) {
    putBoolean(value != null);
    return value == null ? this : putString(value);
  }

  /** Writes the number of records, then the records. */
  WireOutput putRecords(List<? extends WireRecord> records) {
    putInt(records.size());
    records.forEach(each -> each.write(this));
    return this;
  }

  /** Writes how many numbers there are, then the numbers. */
  WireOutput putLongs(List<Long> numbers) {
    putInt(numbers.size());
    numbers.forEach(this::putLong);
    return this;
  }

  /** Makes room for this number of bytes, so that it need not grow in many steps. */
  WireOutput reserve(long room) {
    ensure((int) Math.min(room, MAX_RESERVED));
    return this;
  }

  /** Writes the number of entries, then the entries of a log. */
  public WireOutput putEntries(List<Entry> entries) {
    reserve(entries.stream().mapToLong(Entry::size).sum());
    putInt(entries.size());
    entries.forEach(this::putEntry);
    return this;
  }

  /** Writes an entry of a log. */
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
