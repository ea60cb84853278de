package io.eric.cluster.raft;

import io.eric.cluster.state.EncodedEntry;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** An entry that this process appends, and applies as it is. */
record EntryMessage(EncodedEntry encoded) implements Message {

  @Override
  public ByteString getContent() {
    return UnsafeByteOperations.unsafeWrap(encoded.bytes());
  }
}
