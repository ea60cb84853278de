package io.eric.http.internal.guard;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Passes what was read from an HTTP/1.1 connection on in small pieces, the next one when the door
 * still reads. One read may hold thousands of small requests, and the decoder makes objects of all
 * that it is given, a hundred times their size, before the first is answered (CWE-405).
 *
 * <p>A piece also ends where the head of a request ends that may ask for an upgrade. What follows
 * it is of another protocol if the request gets what it asks for, and nothing of that may have gone
 * into HTTP's decoder by then, which would hand it on uncounted.
 */
final class InputSlices extends ChannelDuplexHandler {

  private static final int SLICE = 4096;

  /** What was read and not passed on; only one read's, since none is asked for meanwhile. */
  private @Nullable ByteBuf rest;

  private final UpgradeHeads heads = new UpgradeHeads();
  private boolean passing;
  private boolean passingHead;
  private boolean flushes;

  /**
   * Whether the decoder looks at this moment at the end of a head that may ask for an upgrade, and
   * has got nothing of what follows it.
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

  /** It is asked for more, which there is already. */
  @Override
  public void read(ChannelHandlerContext ctx) {
    if (rest == null || passing) {
      ctx.read();
    } else {
      ctx.executor().execute(() -> pass(ctx));
    }
  }

  /** The answers to all pieces of a read go to the kernel together, as those to one piece do. */
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
        // Only then does Vert.x say whether it has enough.
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
   * Finds the ends of heads that may have a field {@code Upgrade}. It errs on the side of finding
   * too many, in bodies for one, which costs a piece.
   */
  private static final class UpgradeHeads {

    /** Of the line that is being read: bytes so far, and the first of them. */
    private int line;

    private int first;
    private boolean upgrades;

    /** Bytes up to the end of the first such head; 0 if none ends here. */
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

    /** Only the two letters that the field begins with are looked at, and blanks before them. */
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
