package io.eric.http.internal.sse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Frames bytes as one chunk of HTTP/1.1 (RFC 9112, section 7.1): size, bytes, line ends. An edge
 * writes the same buffer to many streams, so a buffer is framed once and the frame is shared. Only
 * the last frame is kept. On one event loop only.
 */
public final class ChunkFrames implements AutoCloseable {

  /** Eight hexadecimal digits and two line ends. */
  private static final int OVERHEAD = 12;

  private @Nullable Buffer framed;
  private @Nullable ByteBuf frame;

  /**
   * Returns a duplicate of the frame with a reference of its own; the caller writes it, which
   * releases it.
   */
  ByteBuf frame(Buffer bytes, ByteBufAllocator allocator) {
    ByteBuf known = frame;
    if (known == null || framed != bytes) {
      close();
      known = framed(((BufferInternal) bytes).getByteBuf(), allocator);
      frame = known;
      framed = bytes;
    }
    return known.retainedDuplicate();
  }

  private static ByteBuf framed(ByteBuf bytes, ByteBufAllocator allocator) {
    int size = bytes.readableBytes();
    // a heap buffer would be copied for the kernel
    ByteBuf frame = allocator.directBuffer(size + OVERHEAD);
    frame.writeCharSequence(Integer.toHexString(size), StandardCharsets.US_ASCII);
    frame.writeByte('\r').writeByte('\n');
    frame.writeBytes(bytes, bytes.readerIndex(), size);
    frame.writeByte('\r').writeByte('\n');
    return frame;
  }

  /**
   * Releases the last frame. A connection that is still writing the frame holds a reference of its
   * own. Idempotent.
   */
  @Override
  public void close() {
    ByteBuf known = frame;
    if (known != null) {
      known.release();
      frame = null;
      framed = null;
    }
  }
}
