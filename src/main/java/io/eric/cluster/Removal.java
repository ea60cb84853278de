package io.eric.cluster;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import java.util.Map;

/** Removes a value without sending it back. */
final class Removal implements EntryProcessor<LogKey, byte[], Boolean>, DataSerializable {

  private static final long serialVersionUID = 1L;

  @Override
  @SuppressWarnings("NullAway") // a null value removes the entry
  public Boolean process(Map.Entry<LogKey, byte[]> entry) {
    entry.setValue(null);
    return true;
  }

  @Override
  public void writeData(ObjectDataOutput out) {}

  @Override
  public void readData(ObjectDataInput in) {}
}
