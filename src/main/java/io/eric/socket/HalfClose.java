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
 * Lets a peer end its own direction of a connection and still read ours, which Vert.x does not
 * know: it closes the socket at the end of the input. Everything here that reaches below Vert.x's
 * public API does so for that; it is the only place.
 *
 * <p>For the event loop's NIO transport. Install it first thing in the connect handler, and neither
 * pause nor resume the socket: use {@link #stopReading} and {@link #resumeReading}. All on the
 * socket's event loop.
 */
final class HalfClose {

  private static final String HANDLER = "halfClose";

  private final Channel channel;
  private boolean ended;

  private HalfClose(Channel channel) {
    this.channel = channel;
  }

  /**
   * Installs it.
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

  /** Stops taking bytes in, for as long as more work would be too much. */
  void stopReading() {
    if (!ended) {
      channel.config().setAutoRead(false);
    }
  }

  /** Takes bytes in again. */
  void resumeReading() {
    if (!ended) {
      channel.config().setAutoRead(true);
    }
  }

  /** Ends our direction: the peer reads to the end of our bytes while we still read its. */
  void endOutput() {
    var unused = ((DuplexChannel) channel).shutdownOutput();
  }

  /** Bounds what the kernel buffers for a peer that does not read. */
  void setSendBufferSize(int bytes) {
    channel.config().setOption(ChannelOption.SO_SNDBUF, bytes);
  }

  /** How many bytes were handed over for writing and not yet taken by the kernel. */
  long unwritten() {
    ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
    return outbound == null ? 0 : outbound.totalPendingWriteBytes() - outbound.currentProgress();
  }

  /** Closes without waiting for unwritten bytes. */
  void abort() {
    // From our place in the pipeline: asked at its end, Vert.x would wait for the bytes.
    ChannelHandlerContext ours = channel.pipeline().context(HANDLER);
    var unused = ours == null ? channel.close() : ours.close();
  }

  /**
   * The way for a channel that does not know the option, which NIO's Unix sockets do not: Netty
   * closes a channel whose read gives -1, so that is turned into "nothing read", and the input is
   * shut down instead.
   */
  @SuppressWarnings("deprecation") // of the handle, for which Netty has no successor yet
  private void hideEndOfInput() {
    RecvByteBufAllocator real = channel.config().getRecvByteBufAllocator();
    channel.config().setRecvByteBufAllocator(() -> new EndHidingHandle(real.newHandle()));
  }

  @SuppressWarnings("deprecation") // as above
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
        var unused = ((DuplexChannel) channel).shutdownInput(); // no later read closes or spins
        channel
            .eventLoop()
            .execute(
                () ->
                    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE));
      }
    }
  }
}
