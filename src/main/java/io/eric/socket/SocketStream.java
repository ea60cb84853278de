package io.eric.socket;

import io.eric.internal.edge.StreamSink;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/** Writes a stream to the connection that asked for it. */
final class SocketStream implements StreamSink {

  /** How many bytes the kernel buffers per stream. More would hide how far behind a client is. */
  private static final int SEND_BUFFER = 64 << 10;

  private final NetSocket socket;
  private final HalfClose halfClose;
  private final Runnable ended;

  /** Takes over the socket; {@code ended} is called when the edge has ended the stream in order. */
  SocketStream(NetSocket socket, HalfClose halfClose, Runnable ended) {
    this.socket = socket;
    this.halfClose = halfClose;
    this.ended = ended;
    halfClose.setSendBufferSize(SEND_BUFFER);
  }

  @Override
  public Future<Void> write(Buffer bytes) {
    return socket.write(bytes);
  }

  @Override
  public boolean isFull() {
    return socket.writeQueueFull();
  }

  @Override
  public void end(@Nullable Buffer last) {
    if (last != null) {
      socket.write(last);
    }
    ended.run();
  }

  @Override
  public void abort() {
    halfClose.abort();
  }
}
