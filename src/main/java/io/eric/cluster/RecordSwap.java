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
 * Changes the record of a channel if it is as expected: a compare-and-set. Null stands for no
 * record. Gives the record that is there afterwards.
 */
final class RecordSwap implements EntryProcessor<String, String, String>, DataSerializable {

  private static final long serialVersionUID = 1L;

  private @Nullable String expected;
  private @Nullable String update;

  /** For the deserialization only. */
  RecordSwap() {}

  RecordSwap(@Nullable String expected, @Nullable String update) {
    this.expected = expected;
    this.update = update;
  }

  @Override
  @SuppressWarnings("NullAway") // a null value removes the entry, a null result is its absence
  public String process(Map.Entry<String, String> entry) {
    if (Objects.equals(entry.getValue(), expected)) {
      entry.setValue(update);
    }
    return entry.getValue();
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeString(expected);
    out.writeString(update);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    expected = in.readString();
    update = in.readString();
  }
}
