package io.eric.internal.protocol;

import io.eric.Payload;
import io.eric.log.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link WireOutput} has written. It trusts nothing: bytes that are cut off or garbled
 * cause an {@link IllegalArgumentException}, and never take more memory than the bytes can account
 * for. Not safe for several threads.
 */
public final class WireInput {

  private final byte[] bytes;
  private int position;

  /** Reads these bytes, which must not be changed meanwhile. */
  public WireInput(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Returns whether everything is read. */
  public boolean atEnd() {
    return position == bytes.length;
  }

  /** Reads one byte, 0 to 255. */
  public int getByte() {
    if (position >= bytes.length) {
      throw new IllegalArgumentException("the bytes end in the middle");
    }
    return bytes[position++] & 0xff;
  }

  /** Reads a truth value. */
  public boolean getBoolean() {
    int value = getByte();
    if (value > 1) {
      throw new IllegalArgumentException(value + " is no truth value");
    }
    return value == 1;
  }

  /** Reads a number. */
  public long getLong() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int next = getByte();
      if (shift == 63 && next > 1) {
        break;
      }
      value |= (next & 0x7fL) << shift;
      if (next < 0x80) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new IllegalArgumentException("a number has more than 64 bits");
  }

  /** Reads a number that fits into an int. */
  public int getInt() {
    long value = getLong();
    if (value != (int) value) {
      throw new IllegalArgumentException(value + " is no int");
    }
    return (int) value;
  }

  /** Reads bytes that follow their number. */
  public byte[] getBytes() {
    int size = size(1);
    byte[] value = new byte[size];
    System.arraycopy(bytes, position, value, 0, size);
    position += size;
    return value;
  }

  /** Reads a text. */
  public String getString() {
    int size = size(1);
    String value = new String(bytes, position, size, StandardCharsets.UTF_8);
    position += size;
    return value;
  }

  /** Reads a text or null. */
  public @Nullable String getOptional() {
    return getBoolean() ? getString() : null;
  }

  /** Reads a list of items that have at least one byte each. */
  public <T> List<T> getList(Function<WireInput, T> item) {
    int count = size(1);
    List<T> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(item.apply(this));
    }
    return list;
  }

  /**
   * Reads entries of a log.
   *
   * @throws IllegalArgumentException if there are none
   */
  public List<Entry> getEntries() {
    return getList(WireInput::getEntry);
  }

  /** Reads an entry of a log. */
  Entry getEntry() {
    return new Entry(
        getLong(),
        getLong(),
        getOptional(),
        getString(),
        getPayload(),
        getOptional(),
        getOptional());
  }

  /** Reads a payload, which has at least one byte. */
  Payload getPayload() {
    byte[] json = getBytes();
    if (json.length == 0) {
      throw new IllegalArgumentException("a payload has no bytes");
    }
    return Payload.ofValidJson(json);
  }

  /**
   * Reads the number of things that need this number of bytes each. More than fit into the bytes
   * that are left are refused.
   */
  private int size(int each) {
    long size = getLong();
    if (size < 0 || size * each > bytes.length - position || size > bytes.length) {
      throw new IllegalArgumentException(
          size + " do not fit into the " + (bytes.length - position) + " bytes that are left");
    }
    return (int) size;
  }
}
