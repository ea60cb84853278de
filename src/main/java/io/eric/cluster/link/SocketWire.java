package io.eric.cluster.link;

import io.eric.internal.IoReason;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/** A TCP connection between two nodes. */
final class SocketWire implements Wire {

  /** How many bytes may be unwritten before more has to wait. */
  private static final int FULL = 1 << 20;

  private final NetSocket socket;
  private final FrameReader reader = new FrameReader(Greeting.LARGEST);
  private final String remote;
  private @Nullable Listener listener;
  private String reason = "the other side has closed it";
  private boolean open = true;

  /** Takes a connection, on which only a greeting is allowed first. */
  SocketWire(NetSocket socket) {
    this.socket = socket;
    this.remote = String.valueOf(socket.remoteAddress());
    socket
        .setWriteQueueMaxSize(FULL)
        .handler(this::received)
        .exceptionHandler(e -> reason = IoReason.of(e))
        .drainHandler(
            room -> {
              if (open && listener != null) {
                listener.drained();
              }
            })
        .closeHandler(closed -> ended());
  }

  @Override
  public void listen(Listener next) {
    listener = next;
  }

  @Override
  public void allow(int largestFrame) {
    reader.allow(largestFrame);
  }

  private void received(Buffer bytes) {
    Listener told = listener;
    if (!open || told == null) {
      return;
    }
    told.heard();
    try {
      reader.read(bytes, this::frame);
    } catch (IllegalArgumentException e) {
      close();
      told.garbage(String.valueOf(e.getMessage()));
    }
  }

  private boolean frame(byte[] frame) {
    Listener told = listener;
    if (open && told != null) {
      told.frame(frame);
    }
    return open;
  }

  private void ended() {
    if (open) {
      open = false;
      if (listener != null) {
        listener.ended(reason);
      }
    }
  }

  @Override
  public void write(Buffer frames) {
    if (open) {
      socket.write(frames);
    }
  }

  @Override
  public boolean isFull() {
    return socket.writeQueueFull();
  }

  /** Does not wait for what is unwritten, as Vert.x does: a node that is frozen never takes it. */
  @Override
  public void close() {
    open = false;
    var unused = ((NetSocketInternal) socket).channelHandlerContext().close();
  }

  @Override
  public void end(Frame last) {
    open = false;
    socket.write(FrameReader.framed(FrameCodec.write(last))).onComplete(written -> socket.close());
  }

  @Override
  public String remote() {
    return remote;
  }
}
