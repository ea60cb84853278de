package io.eric.http;

import io.eric.bus.Counter;
import io.eric.bus.Meters;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what a WebSocket's unfinished messages hold: decoders collect a frame until it is whole,
 * and frames until a message is, and an attacker's never are (CWE-770). The bytes count as bodies
 * do, and there is as much time as for a body. Watches the raw bytes, of which it needs frames'
 * heads alone (RFC 6455, section 5.2).
 */
final class WebSocketMessages extends ChannelInboundHandlerAdapter {

  private static final int TRY_AGAIN_LATER = 1013;
  private static final int POLICY_VIOLATION = 1008;

  private final ByteBudget buffered;
  private final Deadlines deadlines;
  private final Meters meters;
  private final FrameHeads frames = new FrameHeads();

  private long held;
  private Deadlines.@Nullable Deadline deadline;
  private boolean upgraded;
  private boolean closing;

  WebSocketMessages(ByteBudget buffered, Deadlines deadlines, Meters meters) {
    this.buffered = buffered;
    this.deadlines = deadlines;
    this.meters = meters;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (closing) {
      bytes.release();
      return;
    }
    if (!upgraded) {
      // From its first byte on, or frames would be looked for in the wrong places.
      upgraded = ctx.pipeline().get(WebSocketFrameDecoder.class) != null;
      if (!upgraded) {
        ctx.fireChannelRead(bytes);
        return;
      }
    }
    long unfinished = frames.feed(bytes);
    if (unfinished == 0) {
      finish();
    } else if (!hold(unfinished)) {
      bytes.release();
      meters.count(Counter.WEBSOCKET_MESSAGES_REFUSED);
      close(ctx, TRY_AGAIN_LATER, "too many messages are under way, try again later");
      return;
    } else if (deadline == null) {
      deadline =
          deadlines.start(
              () -> {
                deadline = null;
                meters.count(Counter.HTTP_DAWDLERS);
                close(ctx, POLICY_VIOLATION, "a message took longer than http.requestTimeout");
              });
    }
    ctx.fireChannelRead(bytes);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    finish();
  }

  private boolean hold(long unfinished) {
    if (unfinished > held && !buffered.take(unfinished - held)) {
      return false;
    }
    if (unfinished < held) {
      buffered.release(held - unfinished);
    }
    held = unfinished;
    return true;
  }

  private void finish() {
    buffered.release(held);
    held = 0;
    if (deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }

  /** The frame is written from here, since nobody above knows of a reason. */
  private void close(ChannelHandlerContext ctx, int code, String reason) {
    closing = true;
    finish();
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    ByteBuf frame = ctx.alloc().buffer(4 + text.length);
    frame.writeByte(0x88).writeByte(2 + text.length).writeShort(code).writeBytes(text);
    // From here too, or Vert.x says goodbye once more and waits for an answer.
    var unused =
        ctx.writeAndFlush(frame)
            .addListener(
                written -> {
                  var closed = ctx.close();
                });
  }

  /** Follows the frames of one connection. */
  static final class FrameHeads {

    private static final int FINAL = 0x80;
    private static final int CONTROL = 0x08;
    private static final int MASKED = 0x80;

    /** Of the head that is being read: two bytes, length of 0, 2 or 8, mask of 0 or 4. */
    private final byte[] head = new byte[14];

    private int headRead;
    private long payloadLeft;

    /** Of the message that is being read: bytes so far. */
    private long message;

    /** Of the frame that is being read. */
    private long frame;

    /**
     * Looks at bytes and leaves them as they are.
     *
     * @return bytes of the message, or of the frame, that is not finished; 0 between messages
     */
    long feed(ByteBuf bytes) {
      int at = bytes.readerIndex();
      int end = bytes.writerIndex();
      while (at < end) {
        if (payloadLeft > 0) {
          long passed = Math.min(payloadLeft, end - at);
          at += (int) passed;
          payloadLeft -= passed;
          frame += passed;
        } else {
          head[headRead++] = bytes.getByte(at++);
          frame++;
          if (headRead < 2 || headRead < headLength()) {
            continue;
          }
          payloadLeft = payloadLength();
        }
        if (payloadLeft == 0) {
          endFrame();
        }
      }
      return message + frame;
    }

    private void endFrame() {
      boolean control = (head[0] & CONTROL) != 0;
      boolean last = (head[0] & FINAL) != 0;
      if (!control) {
        message = last ? 0 : message + frame;
      }
      frame = 0;
      headRead = 0;
    }

    private int headLength() {
      int mask = (head[1] & MASKED) == 0 ? 0 : 4;
      return switch (head[1] & 0x7f) {
        case 126 -> 4 + mask;
        case 127 -> 10 + mask;
        default -> 2 + mask;
      };
    }

    /** A length that the decoder will refuse is as good as any other here. */
    private long payloadLength() {
      int length = head[1] & 0x7f;
      int bytes = length == 126 ? 2 : length == 127 ? 8 : 0;
      if (bytes == 0) {
        return length;
      }
      long value = 0;
      for (int i = 0; i < bytes; i++) {
        value = value << 8 | head[2 + i] & 0xff;
      }
      return value < 0 ? Long.MAX_VALUE : value;
    }
  }
}
