package io.eric.http;

import io.eric.bus.Counter;
import io.eric.bus.Meters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Sits in front of a WebSocket's decoder and follows its frames (RFC 6455, 5.2): it knows when the
 * client was last heard, and ends a connection whose message grows too long (CWE-770) in a way that
 * the client learns of. Netty closes at once then; the kernel answers what is still under way with
 * a reset, which overtakes the close frame. Here the rest is read and dropped until the client
 * closes.
 */
final class BridgeFrames extends ChannelDuplexHandler {

  /**
   * SockJS wraps a message in a string of JSON and escapes most of what is not ASCII: at worst two
   * bytes become six.
   */
  private static final int ESCAPED = 3;

  /** Room for what stands around a payload: type, addresses, headers. */
  private static final int ENVELOPE = 64 << 10;

  private static final int MESSAGE_TOO_BIG = 1009;
  private static final int CLOSE = 8;
  private static final long PATIENCE_SECONDS = 10;

  private final int maxMessage;
  private final Meters meters;

  private long heard = System.nanoTime();
  private boolean refused;

  // Of the frame that is being read.
  private final byte[] head = new byte[10];
  private int headRead;
  private int opcode;
  private long left; // of its mask and payload

  /** Of the message so far. */
  private long length;

  /**
   * Follows one connection.
   *
   * @param maxMessage the longest message, in bytes as they are sent
   */
  BridgeFrames(int maxMessage, Meters meters) {
    this.maxMessage = maxMessage;
    this.meters = meters;
  }

  /** How long a message may get that carries so many bytes of payload. */
  static int mostBytesFor(int payload) {
    return (int) Math.min(Integer.MAX_VALUE, (long) payload * ESCAPED + ENVELOPE);
  }

  /** For how long nothing has come, in milliseconds. */
  long silentFor() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heard);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object read) {
    heard = System.nanoTime();
    if (!(read instanceof ByteBuf bytes)) {
      ctx.fireChannelRead(read);
      return;
    }
    boolean open = !refused;
    follow(ctx, bytes);
    if (open && !refused) {
      ctx.fireChannelRead(bytes);
    } else {
      bytes.release(); // of a message that is not wanted, or behind it
    }
  }

  /** Once the close frame is out, nothing may follow. */
  @Override
  public void write(ChannelHandlerContext ctx, Object bytes, ChannelPromise promise) {
    if (refused) {
      ReferenceCountUtil.release(bytes);
      promise.setSuccess();
    } else {
      var unused = ctx.write(bytes, promise);
    }
  }

  private void follow(ChannelHandlerContext ctx, ByteBuf bytes) {
    int at = bytes.readerIndex();
    while (at < bytes.writerIndex()) {
      if (left > 0) {
        int step = (int) Math.min(left, bytes.writerIndex() - at);
        left -= step;
        at += step;
      } else {
        head[headRead++] = bytes.getByte(at++);
        if (headRead < headLength()) {
          continue;
        }
        begin(ctx);
        headRead = 0;
      }
      if (refused && left == 0 && headRead == 0 && opcode == CLOSE) {
        var unused = ctx.close();
        return;
      }
    }
  }

  /** As far as it is known. */
  private int headLength() {
    if (headRead < 2) {
      return 2;
    }
    int length = head[1] & 0x7f;
    return length == 126 ? 4 : length == 127 ? 10 : 2;
  }

  private void begin(ChannelHandlerContext ctx) {
    opcode = head[0] & 0x0f;
    long payload = head[1] & 0x7f;
    if (payload >= 126) {
      int to = payload == 126 ? 4 : 10;
      payload = 0;
      for (int i = 2; i < to; i++) {
        payload = payload << 8 | head[i] & 0xff;
      }
    }
    if (payload < 0) { // no length that there is
      payload = Long.MAX_VALUE - 4;
    }
    left = payload + ((head[1] & 0x80) == 0 ? 0 : 4);
    if (opcode >= CLOSE) { // control frames stand between those of a message
      return;
    }
    length = opcode == 0 ? length + payload : payload;
    if (!refused && (length > maxMessage || length < 0)) {
      refuse(ctx);
    }
  }

  private void refuse(ChannelHandlerContext ctx) {
    meters.count(Counter.MESSAGES_TOO_LARGE);
    byte[] reason =
        ("a message has at most " + maxMessage + " bytes").getBytes(StandardCharsets.US_ASCII);
    ByteBuf close = Unpooled.buffer(4 + reason.length);
    close.writeByte(0x80 | CLOSE).writeByte(2 + reason.length);
    close.writeShort(MESSAGE_TOO_BIG).writeBytes(reason);
    var unused = ctx.writeAndFlush(close);
    refused = true;
    var unusedToo =
        ctx.executor()
            .schedule(
                () -> {
                  var unusedThen = ctx.close();
                },
                PATIENCE_SECONDS,
                TimeUnit.SECONDS);
  }
}
