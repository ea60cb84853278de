package io.eric.cluster;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import com.hazelcast.partition.PartitionAware;
import java.io.IOException;
import java.util.Objects;

/**
 * A place in the map of logs: one of a channel's batches, or one of the two records beside them.
 * All of a channel is in one partition, so it is lost or kept together, and read by one question.
 */
final class LogKey implements PartitionAware<String>, DataSerializable {

  /** Where the head of the log is kept. */
  static final long HEAD = -1;

  /** Where the listeners are kept. */
  static final long LISTENERS = -2;

  private String channel;
  private long number;

  /** For the deserialization only. */
  LogKey() {
    this.channel = "";
  }

  LogKey(String channel, long number) {
    this.channel = channel;
    this.number = number;
  }

  long number() {
    return number;
  }

  @Override
  public String getPartitionKey() {
    return channel;
  }

  @Override
  public void writeData(ObjectDataOutput out) throws IOException {
    out.writeString(channel);
    out.writeLong(number);
  }

  @Override
  public void readData(ObjectDataInput in) throws IOException {
    channel = Objects.requireNonNull(in.readString());
    number = in.readLong();
  }

  @Override
  public boolean equals(@org.jspecify.annotations.Nullable Object other) {
    return other instanceof LogKey key && key.number == number && key.channel.equals(channel);
  }

  @Override
  public int hashCode() {
    return channel.hashCode() * 31 + Long.hashCode(number);
  }
}
