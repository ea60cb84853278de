package io.eric.cluster.raft;

import io.eric.cluster.state.Verdict;
import java.util.List;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * The answer to an entry, for the part of this process that appended it. It has no bytes, because
 * it never leaves the process.
 */
record VerdictsMessage(List<Verdict> verdicts) implements Message {

  @Override
  public ByteString getContent() {
    return ByteString.EMPTY;
  }
}
