package io.eric.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes a value unless an owner of a later term has written it; the first eight bytes of a value
 * are its term. Gives whether the value is there now.
 */
final class TermedPut implements EntryProcessor<LogKey, byte[], Boolean>, DataSerializable {

  private static final long serialVersionUID = 1L;

  private byte[] value;

  /** For the deserialization only. */
  TermedPut() {
    this.value = new byte[0];
  }

  TermedPut(byte[] value) {
    this.value = value;
  }

  /** How many bytes it writes. */
  int size() {
    return value.length;
  }

  @Override
  public Boolean process(Map.Entry<LogKey, byte[]> entry) {
    byte @Nullable [] before = entry.getValue();
    if (before != null && termOf(before) > termOf(value)) {
      return false;
    }
    entry.setValue(value);
    return true;
  }

  static long termOf(byte[] value) {
    long term = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      term = term << 8 | (value[i] & 0xff);
    }
    return term;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeByteArray(value);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    value = Objects.requireNonNull(in.readByteArray());
  }
}
