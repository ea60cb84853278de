package io.eric.http.internal.guard;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Passes the bytes that were read from an HTTP/1.1 connection on in small slices, the next one when
 * the door is still reading. One read may hold thousands of small requests, and the decoder makes
 * objects of all its input, a hundred times as large, before the first request is answered
 * (CWE-405).
 *
 * <p>A slice also ends at the end of a head that may ask for an upgrade. If the request is
 * upgraded, another protocol follows, and none of its bytes may be in HTTP's decoder by then, which
 * would pass them on uncounted.
 */
final class InputSlices extends ChannelDuplexHandler {

  private static final int SLICE = 4096;

  /**
   * Bytes that were read and not passed on. They are of one read, since no other one is requested
   * meanwhile.
   */
  private @Nullable ByteBuf rest;

  private final UpgradeHeads heads = new UpgradeHeads();
  private boolean passing;
  private boolean passingHead;
  private boolean flushes;

  /**
   * Returns whether the decoder is processing the end of a head that may ask for an upgrade, and
   * has none of the bytes that follow the head.
   */
  boolean isPassingHead() {
    return passingHead;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf read = (ByteBuf) message;
    if (rest == null && read.readableBytes() <= SLICE) {
      passSlice(ctx, read);
      return;
    }
    rest = rest == null ? read : ctx.alloc().compositeBuffer().addComponents(true, rest, read);
    pass(ctx);
  }

  /** Passes the next slice if there is one, instead of reading more. */
  @Override
  public void read(ChannelHandlerContext ctx) {
    if (rest == null || passing) {
      ctx.read();
    } else {
      ctx.executor().execute(() -> pass(ctx));
    }
  }

  /** Postpones flushes, so that the answers to all slices of a read go to the kernel together. */
  @Override
  public void flush(ChannelHandlerContext ctx) {
    if (passing) {
      flushes = true;
    } else {
      ctx.flush();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ByteBuf rest = this.rest;
    this.rest = null;
    if (rest == null) {
      return;
    }
    if (ctx.channel().isActive()) {
      ctx.fireChannelRead(rest);
      ctx.fireChannelReadComplete();
    } else {
      rest.release();
    }
  }

  private void pass(ChannelHandlerContext ctx) {
    if (passing) {
      return;
    }
    passing = true;
    try {
      while (rest != null && ctx.channel().config().isAutoRead()) {
        ByteBuf rest = this.rest;
        if (rest.readableBytes() <= SLICE) {
          this.rest = null;
          passSlice(ctx, rest);
        } else {
          passSlice(ctx, rest.readRetainedSlice(SLICE));
        }
        // Vert.x decides after this event whether it stops reading.
        ctx.fireChannelReadComplete();
      }
    } finally {
      passing = false;
      if (flushes) {
        flushes = false;
        ctx.flush();
      }
    }
    if (rest == null && ctx.channel().config().isAutoRead()) {
      ctx.read();
    }
  }

  private void passSlice(ChannelHandlerContext ctx, ByteBuf slice) {
    ByteBuf left = slice;
    for (int head = heads.feed(left); head > 0; head = heads.feed(left)) {
      boolean last = head == left.readableBytes();
      passingHead = true;
      try {
        ctx.fireChannelRead(last ? left : left.readRetainedSlice(head));
      } finally {
        passingHead = false;
      }
      if (last) {
        return;
      }
    }
    ctx.fireChannelRead(left);
  }

  /**
   * Finds the ends of heads that may have a field {@code Upgrade}. It finds too many rather than
   * too few, for example in bodies; each costs a slice.
   */
  private static final class UpgradeHeads {

    /**
     * The number of bytes so far of the line that is being read; {@code first} is the line's first
     * byte.
     */
    private int line;

    private int first;
    private boolean upgrades;

    /** Returns the number of bytes up to the end of the first such head; 0 if none ends here. */
    private int feed(ByteBuf bytes) {
      int start = bytes.readerIndex();
      int end = bytes.writerIndex();
      for (int at = start; at < end; ) {
        int lineFeed = bytes.indexOf(at, end, (byte) '\n');
        int stop = lineFeed < 0 ? end : lineFeed;
        if (stop > at) {
          begin(bytes, at, stop);
        }
        line += stop - at;
        if (lineFeed < 0) {
          return 0;
        }
        at = lineFeed + 1;
        boolean empty = line == 0 || first == '\r';
        line = 0;
        if (empty && upgrades) {
          upgrades = false;
          return at - start;
        }
      }
      return 0;
    }

    /**
     * Notes whether a line may be the field. Only its first two letters are compared; a line that
     * begins with a blank may be the field, too.
     */
    private void begin(ByteBuf bytes, int at, int stop) {
      if (line > 1) {
        return;
      }
      int second = line == 1 ? bytes.getByte(at) : -1;
      if (line == 0) {
        first = bytes.getByte(at);
        second = stop - at > 1 ? bytes.getByte(at + 1) : -1;
      }
      boolean blank = first <= ' ' && (first != '\r' || second != -1);
      upgrades |= blank || (first | 0x20) == 'u' && (second | 0x20) == 'p';
    }
  }
}
