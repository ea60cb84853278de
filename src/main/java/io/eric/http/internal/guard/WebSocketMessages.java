package io.eric.http.internal.guard;

import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what a WebSocket's unfinished messages hold: decoders collect a frame until it is whole,
 * and frames until a message is, and an attacker's never are (CWE-770). The bytes count as bodies
 * do, and there is as much time as for a body; one message alone may be so long. Watches the raw
 * bytes, of which it needs frames' heads alone (RFC 6455, section 5.2), and so knows when the
 * client was last heard, too.
 *
 * <p>It reads on only while its client takes what is written to it, such as the answers to pings:
 * Vert.x writes those without end (CWE-400). Vert.x is not told of that, since it would then keep
 * what it has to write in a queue of its own, where nobody counts it.
 *
 * <p>A client that breaks a bound is told so in a close frame. What it still sends is then read and
 * dropped until it closes, or its kernel is answered with a reset, which overtakes the close frame.
 */
public final class WebSocketMessages extends ChannelDuplexHandler {

  /**
   * SockJS wraps a message in a string of JSON and escapes most of what is not ASCII: at worst two
   * bytes become six.
   */
  private static final int ESCAPED = 3;

  /** Room for what stands around a payload: type, addresses, headers. */
  private static final int ENVELOPE = 64 << 10;

  private static final int TRY_AGAIN_LATER = 1013;
  private static final int MESSAGE_TOO_BIG = 1009;
  private static final int POLICY_VIOLATION = 1008;

  private final ByteBudget.OfClient buffered;
  private final Deadlines deadlines;
  private final Meters meters;
  private final int maxMessage;
  private final FrameHeads frames;
  private final Runnable wrote;

  private long heard = System.nanoTime();
  private long held;
  private Deadlines.@Nullable Deadline deadline;
  private boolean upgraded;
  private boolean closing;

  /** Whether the hub has stopped reading. */
  private boolean stopped;

  /**
   * Bounds of one connection.
   *
   * @param maxMessage the longest message, in bytes without the heads of its frames
   * @param wrote runs after something has been written to it
   */
  WebSocketMessages(
      int maxMessage,
      ByteBudget.OfClient buffered,
      Deadlines deadlines,
      Meters meters,
      Runnable wrote) {
    this.maxMessage = maxMessage;
    this.frames = new FrameHeads(maxMessage);
    this.buffered = buffered;
    this.deadlines = deadlines;
    this.meters = meters;
    this.wrote = wrote;
  }

  /** The length of the longest message that carries this number of bytes of payload. */
  public static int mostBytesFor(int payload) {
    return (int) Math.min(Integer.MAX_VALUE, (long) payload * ESCAPED + ENVELOPE);
  }

  /** For how long nothing has come, in milliseconds. */
  public long silentFor() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heard);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    heard = System.nanoTime();
    ByteBuf bytes = (ByteBuf) message;
    if (closing) {
      var unused = frames.feed(bytes);
      bytes.release();
      if (frames.hasClosed()) {
        end(ctx);
      }
      return;
    }
    // From its first byte on, or frames would be looked for in the wrong places.
    if (!isUpgraded(ctx)) {
      ctx.fireChannelRead(bytes);
      return;
    }
    long unfinished = frames.feed(bytes);
    if (frames.isTooLong()) {
      bytes.release();
      meters.count(CounterName.MESSAGES_TOO_LARGE);
      close(ctx, MESSAGE_TOO_BIG, "a message has at most " + maxMessage + " bytes");
      return;
    }
    if (unfinished == 0) {
      finish();
    } else if (!hold(unfinished)) {
      bytes.release();
      meters.count(CounterName.WEBSOCKET_MESSAGES_REFUSED);
      close(ctx, TRY_AGAIN_LATER, "too many messages are under way, try again later");
      return;
    } else if (deadline == null) {
      deadline =
          deadlines.start(
              () -> {
                deadline = null;
                meters.count(CounterName.HTTP_DAWDLERS);
                close(ctx, POLICY_VIOLATION, "a message took longer than http.requestTimeout");
              });
    }
    ctx.fireChannelRead(bytes);
  }

  /** Once the close frame is out, nothing may follow. */
  @Override
  public void write(ChannelHandlerContext ctx, Object bytes, ChannelPromise promise) {
    if (closing) {
      ReferenceCountUtil.release(bytes);
      promise.setSuccess();
    } else {
      var unused = ctx.write(bytes, promise);
      if (isUpgraded(ctx)) {
        wrote.run();
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!isUpgraded(ctx)) {
      ctx.fireChannelWritabilityChanged();
    } else if (ctx.channel().isWritable()) {
      goOn(ctx);
      ctx.fireChannelWritabilityChanged();
    } else {
      stop(ctx);
    }
  }

  /** Also where Vert.x wants to read on after it had stopped itself. */
  @Override
  public void read(ChannelHandlerContext ctx) {
    if (isUpgraded(ctx) && !ctx.channel().isWritable() && !closing) {
      stop(ctx);
    } else {
      ctx.read();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    finish();
  }

  private boolean isUpgraded(ChannelHandlerContext ctx) {
    upgraded = upgraded || ctx.pipeline().get(WebSocketFrameDecoder.class) != null;
    return upgraded;
  }

  private void stop(ChannelHandlerContext ctx) {
    ChannelConfig config = ctx.channel().config();
    if (config.isAutoRead() && !closing) {
      stopped = true;
      config.setAutoRead(false);
    }
  }

  private void goOn(ChannelHandlerContext ctx) {
    if (stopped) {
      stopped = false;
      ctx.channel().config().setAutoRead(true);
    }
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
    goOn(ctx);
    deadline = deadlines.start(() -> end(ctx));
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    ByteBuf frame = ctx.alloc().buffer(4 + text.length);
    frame.writeByte(0x88).writeByte(2 + text.length).writeShort(code).writeBytes(text);
    // From here too, or Vert.x says goodbye once more and waits for an answer.
    var unused = ctx.writeAndFlush(frame);
    wrote.run();
    if (frames.hasClosed()) {
      end(ctx);
    }
  }

  private static void end(ChannelHandlerContext ctx) {
    var unused = ctx.close();
  }

  /** Follows the frames of one connection. */
  static final class FrameHeads {

    private static final int FINAL = 0x80;
    private static final int CONTROL = 0x08;
    private static final int OPCODE = 0x0f;
    private static final int CLOSE = 0x08;
    private static final int MASKED = 0x80;

    /** Of the head that is being read: two bytes, length of 0, 2 or 8, mask of 0 or 4. */
    private final byte[] head = new byte[14];

    private int headRead;
    private long payloadLeft;

    /** Of the message that is being read: bytes so far. */
    private long message;

    /** Of the frame that is being read. */
    private long frame;

    private final long maxLength;

    /** Of the message that is being read, or was last: what its frames announce without heads. */
    private long length;

    private boolean tooLong;
    private boolean closed;

    /** Looks out for messages of more bytes. */
    FrameHeads(long maxLength) {
      this.maxLength = maxLength;
    }

    /** Whether one has been announced. */
    boolean isTooLong() {
      return tooLong;
    }

    /** Whether there was a close frame. */
    boolean hasClosed() {
      return closed;
    }

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
          beginFrame();
        }
        if (payloadLeft == 0) {
          endFrame();
        }
      }
      return message + frame;
    }

    private void beginFrame() {
      if ((head[0] & CONTROL) == 0) {
        boolean continues = (head[0] & OPCODE) == 0;
        length = continues ? length + payloadLeft : payloadLeft;
        tooLong |= length > maxLength || length < 0;
      }
    }

    private void endFrame() {
      closed |= (head[0] & OPCODE) == CLOSE;
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
