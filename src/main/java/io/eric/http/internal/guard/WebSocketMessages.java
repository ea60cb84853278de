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
 * Bounds the bytes of a WebSocket's unfinished messages. Decoders collect a frame until it is
 * whole, and frames until a message is, and an attacker's never are (CWE-770). The bytes count as
 * those of bodies do, with the same deadline, and the length of each message is bounded. Only the
 * raw bytes of frames' heads are read for that (RFC 6455, section 5.2), from which the time of the
 * client's last bytes is known as well.
 *
 * <p>The connection is read only while the client takes what is written to it, such as the answers
 * to pings, which Vert.x writes without a bound (CWE-400). Vert.x is not told that the connection
 * is not writable, since it would then keep its writes in a queue of its own, where they are not
 * counted.
 *
 * <p>A client that exceeds a bound gets a close frame with the reason. Bytes that it still sends
 * are read and dropped until it closes. Otherwise the kernel would answer them with a reset, which
 * overtakes the close frame.
 */
public final class WebSocketMessages extends ChannelDuplexHandler {

  /**
   * The factor by which SockJS may lengthen a payload. It wraps a message in a JSON string and
   * escapes most characters outside ASCII: at worst two bytes become six.
   */
  private static final int ESCAPED = 3;

  /** Room for what surrounds a payload: type, addresses, headers. In bytes. */
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

  /** Whether this handler has stopped reading. */
  private boolean stopped;

  /**
   * Creates the bounds of one connection.
   *
   * @param maxMessage the length of the longest message, in bytes without the heads of its frames
   * @param wrote runs after bytes have been written to the WebSocket
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

  /**
   * Returns the length of the longest message that carries this many bytes of payload, in bytes.
   */
  public static int mostBytesFor(int payload) {
    return (int) Math.min(Integer.MAX_VALUE, (long) payload * ESCAPED + ENVELOPE);
  }

  /** Returns for how long no bytes have come, in milliseconds. */
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
    // This must begin with the first byte of the first frame, or heads would be looked for in the
    // wrong places.
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

  /** Writes bytes, except after a close frame, which nothing may follow. */
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

  /**
   * Reads, unless the client does not take what is written. Vert.x calls this also when it goes on
   * after a pause of its own.
   */
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

  /**
   * Closes the WebSocket. The frame is written here, since the handlers above do not know the
   * reason.
   */
  private void close(ChannelHandlerContext ctx, int code, String reason) {
    closing = true;
    finish();
    goOn(ctx);
    deadline = deadlines.start(() -> end(ctx));
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    ByteBuf frame = ctx.alloc().buffer(4 + text.length);
    frame.writeByte(0x88).writeByte(2 + text.length).writeShort(code).writeBytes(text);
    // The frame goes out from this handler, or Vert.x would write a close frame of its own and wait
    // for the answer.
    var unused = ctx.writeAndFlush(frame);
    wrote.run();
    if (frames.hasClosed()) {
      end(ctx);
    }
  }

  private static void end(ChannelHandlerContext ctx) {
    var unused = ctx.close();
  }

  /** Follows the frames of one connection by their heads. */
  static final class FrameHeads {

    private static final int FINAL = 0x80;
    private static final int CONTROL = 0x08;
    private static final int OPCODE = 0x0f;
    private static final int CLOSE = 0x08;
    private static final int MASKED = 0x80;

    /** The head that is being read: two bytes, 0, 2 or 8 bytes of length, 0 or 4 bytes of mask. */
    private final byte[] head = new byte[14];

    private int headRead;
    private long payloadLeft;

    /** The number of bytes so far of the message that is being read, heads included. */
    private long message;

    /** The number of bytes so far of the frame that is being read, its head included. */
    private long frame;

    private final long maxLength;

    /** The length that the frames of the latest message announce, without heads. */
    private long length;

    private boolean tooLong;
    private boolean closed;

    /**
     * Creates a state before the first frame.
     *
     * @param maxLength the length of the longest message, in bytes without heads
     */
    FrameHeads(long maxLength) {
      this.maxLength = maxLength;
    }

    /** Returns whether a message that is too long was announced. */
    boolean isTooLong() {
      return tooLong;
    }

    /** Returns whether there was a close frame. */
    boolean hasClosed() {
      return closed;
    }

    /**
     * Reads bytes without consuming them.
     *
     * @return the number of bytes of the unfinished message and frame; 0 between messages
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

    /**
     * Returns the length of the payload. A length that the decoder will refuse needs no exact
     * value.
     */
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
