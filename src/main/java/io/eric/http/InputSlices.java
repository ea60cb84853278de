package io.eric.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Passes what was read from an HTTP/1.1 connection on in small pieces, the next one when the door
 * still reads. One read may hold thousands of small requests, and the decoder makes objects of all
 * that it is given, a hundred times their size, before the first is answered (CWE-405).
 */
final class InputSlices extends ChannelDuplexHandler {

  private static final int SLICE = 4096;

  /** What was read and not passed on; only one read's, since none is asked for meanwhile. */
  private @Nullable ByteBuf rest;

  private boolean passing;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf read = (ByteBuf) message;
    if (rest == null && read.readableBytes() <= SLICE) {
      ctx.fireChannelRead(read);
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
          ctx.fireChannelRead(rest);
        } else {
          ctx.fireChannelRead(rest.readRetainedSlice(SLICE));
        }
        // Only then does Vert.x say whether it has enough.
        ctx.fireChannelReadComplete();
      }
    } finally {
      passing = false;
    }
    if (rest == null && ctx.channel().config().isAutoRead()) {
      ctx.read();
    }
  }
}
