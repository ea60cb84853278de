package io.eric.cluster.link;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyFailure;
import org.jspecify.annotations.Nullable;

/** What one node says to another. {@link FrameCodec} has the bytes. */
sealed interface Frame {

  /**
   * The first frame of either side. This much is the same in all versions of the protocol: of a
   * greeting in another version only the version is read.
   *
   * @param identity null if the version is another one
   */
  record Hello(int version, @Nullable LinkIdentity identity) implements Frame {}

  /** The answer to a greeting that is not accepted; the connection is closed after it. */
  record Refused(String reason) implements Frame {}

  /** Says that the node lives. */
  record Heartbeat() implements Frame {}

  /** A message to an address, without an answer. */
  record Send(String address, @Nullable Object body) implements Frame {}

  /** A question to an address. */
  record Request(long id, String address, long timeoutMs, @Nullable Object body) implements Frame {}

  /** The answer to a question to an address. */
  record Reply(long id, @Nullable Object body) implements Frame {}

  /** A question to a service. */
  record Call(long id, String service, Buffer body) implements Frame {}

  /** The answer of a service. */
  record Result(long id, Buffer body) implements Frame {}

  /** The failure of a question of either kind. */
  record Failure(long id, ReplyFailure type, int code, @Nullable String message) implements Frame {}
}
