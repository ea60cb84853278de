package io.eric.socket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;

/**
 * Lets a peer end its own direction of a connection and still read ours. Vert.x does not support
 * that: it closes the socket at the end of the input. This class is the only one that reaches below
 * Vert.x's public API for it.
 *
 * <p>It works with the NIO transport, on the socket's event loop only. Install it first thing in
 * the connect handler. Do not pause or resume the socket; use {@link #stopReading} and {@link
 * #resumeReading} instead.
 */
final class HalfClose {

  private static final String HANDLER = "halfClose";

  private final Channel channel;
  private boolean ended;

  private HalfClose(Channel channel) {
    this.channel = channel;
  }

  /**
   * Installs half-close on a socket.
   *
   * @param endOfInput called once, on the event loop but outside of any Vert.x context, after the
   *     last byte was handled
   */
  static HalfClose install(NetSocket socket, Runnable endOfInput) {
    ChannelHandlerContext vertx = ((NetSocketInternal) socket).channelHandlerContext();
    HalfClose halfClose = new HalfClose(vertx.channel());
    vertx
        .pipeline()
        .addBefore(
            vertx.name(),
            HANDLER,
            new ChannelInboundHandlerAdapter() {
              @Override
              public void userEventTriggered(ChannelHandlerContext context, Object event)
                  throws Exception {
                if (event != ChannelInputShutdownEvent.INSTANCE) {
                  super.userEventTriggered(context, event);
                } else if (!halfClose.ended) {
                  halfClose.ended = true;
                  endOfInput.run();
                }
              }
            });
    if (!halfClose.channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true)) {
      halfClose.hideEndOfInput();
    }
    return halfClose;
  }

  /** Stops reading, until {@link #resumeReading}. */
  void stopReading() {
    if (!ended) {
      channel.config().setAutoRead(false);
    }
  }

  /** Reads again. */
  void resumeReading() {
    if (!ended) {
      channel.config().setAutoRead(true);
    }
  }

  /** Ends our direction: the peer reads our bytes to their end, while we still read the peer's. */
  void endOutput() {
    var unused = ((DuplexChannel) channel).shutdownOutput();
  }

  /** Limits how many bytes the kernel buffers for a peer that does not read. */
  void setSendBufferSize(int bytes) {
    channel.config().setOption(ChannelOption.SO_SNDBUF, bytes);
  }

  /** Returns how many bytes were handed over for writing and not yet taken by the kernel. */
  long unwritten() {
    ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
    return outbound == null ? 0 : outbound.totalPendingWriteBytes() - outbound.currentProgress();
  }

  /** Closes the connection without waiting for unwritten bytes. */
  void abort() {
    // The close starts at our place in the pipeline. Started at the end of the pipeline, it would
    // pass Vert.x's handler, which waits for the bytes.
    ChannelHandlerContext ours = channel.pipeline().context(HANDLER);
    var unused = ours == null ? channel.close() : ours.close();
  }

  /**
   * Supports a channel without the option, as NIO's Unix sockets are. Netty closes a channel whose
   * read returns -1, so the allocator's handle turns that into "nothing read", and the input is
   * shut down instead.
   */
  @SuppressWarnings("deprecation") // Netty has no successor for the deprecated handle yet
  private void hideEndOfInput() {
    RecvByteBufAllocator real = channel.config().getRecvByteBufAllocator();
    channel.config().setRecvByteBufAllocator(() -> new EndHidingHandle(real.newHandle()));
  }

  @SuppressWarnings("deprecation") // the handle again
  private final class EndHidingHandle extends RecvByteBufAllocator.DelegatingHandle
      implements RecvByteBufAllocator.ExtendedHandle {

    private boolean sawEnd;

    EndHidingHandle(RecvByteBufAllocator.Handle real) {
      super(real);
    }

    @Override
    public void lastBytesRead(int bytes) {
      sawEnd |= bytes < 0;
      super.lastBytesRead(Math.max(bytes, 0));
    }

    @Override
    public boolean continueReading() {
      return !sawEnd && super.continueReading();
    }

    @Override
    public boolean continueReading(io.netty.util.UncheckedBooleanSupplier maybeMoreData) {
      return !sawEnd
          && ((RecvByteBufAllocator.ExtendedHandle) delegate()).continueReading(maybeMoreData);
    }

    @Override
    public void readComplete() {
      super.readComplete();
      if (sawEnd) {
        sawEnd = false;
        channel.config().setAutoRead(false);
        // Later reads neither close the channel nor spin.
        var unused = ((DuplexChannel) channel).shutdownInput();
        channel
            .eventLoop()
            .execute(
                () ->
                    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE));
      }
    }
  }
}
