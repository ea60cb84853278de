package io.eric.cluster.link;

import io.eric.internal.protocol.WireCodec;
import io.eric.internal.protocol.WireInput;
import io.eric.internal.protocol.WireOutput;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyFailure;

/**
 * Writes and reads frames: the number of the kind, then the fields. The bodies of messages are
 * those of {@link WireCodec}. On a connection the length precedes each frame, see {@link
 * FrameReader}.
 */
final class FrameCodec {

  /** The version of the protocol, which changes when a frame changes. */
  static final int VERSION = 1;

  private static final int HELLO = 1;
  private static final int REFUSED = 2;
  private static final int HEARTBEAT = 3;
  private static final int SEND = 4;
  private static final int REQUEST = 5;
  private static final int REPLY = 6;
  private static final int CALL = 7;
  private static final int RESULT = 8;
  private static final int FAILURE = 9;

  /** Follows the kind of a greeting, so that a stranger's bytes are not taken for one. */
  private static final String MAGIC = "eric-link";

  private static final int USUAL_SIZE = 128;

  private FrameCodec() {}

  static byte[] write(Frame frame) {
    if (frame instanceof Frame.Send send) {
      WireOutput out = start(SEND, 0).putString(send.address());
      WireCodec.write(out, send.body());
      return out.toBytes();
    } else if (frame instanceof Frame.Request request) {
      WireOutput out = start(REQUEST, 0).putLong(request.id()).putString(request.address());
      WireCodec.write(out.putLong(request.timeoutMs()), request.body());
      return out.toBytes();
    } else if (frame instanceof Frame.Reply reply) {
      WireOutput out = start(REPLY, 0).putLong(reply.id());
      WireCodec.write(out, reply.body());
      return out.toBytes();
    } else if (frame instanceof Frame.Call call) {
      return start(CALL, call.body().length())
          .putLong(call.id())
          .putString(call.service())
          .putBytes(call.body().getBytes())
          .toBytes();
    } else if (frame instanceof Frame.Result result) {
      return start(RESULT, result.body().length())
          .putLong(result.id())
          .putBytes(result.body().getBytes())
          .toBytes();
    } else if (frame instanceof Frame.Failure failure) {
      return start(FAILURE, 0)
          .putLong(failure.id())
          .putString(failure.type().name())
          .putInt(failure.code())
          .putOptional(failure.message())
          .toBytes();
    } else if (frame instanceof Frame.Hello hello) {
      WireOutput out = start(HELLO, 0).putString(MAGIC).putInt(hello.version());
      LinkIdentity identity = hello.identity();
      if (identity != null) {
        out.putString(identity.cluster()).putString(identity.node()).putString(identity.life());
      }
      return out.toBytes();
    } else if (frame instanceof Frame.Refused refused) {
      return start(REFUSED, 0).putString(refused.reason()).toBytes();
    }
    return new byte[] {HEARTBEAT};
  }

  private static WireOutput start(int kind, int body) {
    return new WireOutput(USUAL_SIZE + body).putByte(kind);
  }

  /**
   * Reads a frame.
   *
   * @throws IllegalArgumentException if the bytes are not a frame that this version knows
   */
  static Frame read(byte[] frame) {
    WireInput in = new WireInput(frame);
    int kind = in.getByte();
    Frame read =
        switch (kind) {
          case SEND -> new Frame.Send(in.getString(), WireCodec.read(in));
          case REQUEST -> {
            long id = in.getLong();
            String address = in.getString();
            long timeoutMs = in.getLong();
            if (timeoutMs < 1) {
              throw new IllegalArgumentException(
                  "a request waits " + timeoutMs + " ms, at least 1 is allowed");
            }
            yield new Frame.Request(id, address, timeoutMs, WireCodec.read(in));
          }
          case REPLY -> new Frame.Reply(in.getLong(), WireCodec.read(in));
          case CALL -> new Frame.Call(in.getLong(), in.getString(), bytes(in));
          case RESULT -> new Frame.Result(in.getLong(), bytes(in));
          case FAILURE ->
              new Frame.Failure(
                  in.getLong(),
                  ReplyFailure.valueOf(in.getString()),
                  in.getInt(),
                  in.getOptional());
          case HELLO -> hello(in);
          case REFUSED -> new Frame.Refused(in.getString());
          case HEARTBEAT -> new Frame.Heartbeat();
          default -> throw new IllegalArgumentException(kind + " is no kind of frame");
        };
    if (!in.atEnd() && !isOfAnotherVersion(read)) {
      throw new IllegalArgumentException("a frame goes on after its end");
    }
    return read;
  }

  private static Buffer bytes(WireInput in) {
    return Buffer.buffer(in.getBytes());
  }

  private static Frame.Hello hello(WireInput in) {
    if (!in.getString().equals(MAGIC)) {
      throw new IllegalArgumentException("a greeting is not that of a node");
    }
    int version = in.getInt();
    return new Frame.Hello(
        version,
        version == VERSION
            ? new LinkIdentity(in.getString(), in.getString(), in.getString())
            : null);
  }

  private static boolean isOfAnotherVersion(Frame frame) {
    return frame instanceof Frame.Hello hello && hello.version() != VERSION;
  }
}
