package io.eric.http.internal.sse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Bytes as one chunk of HTTP/1.1 (RFC 9112, section 7.1): size, bytes, line ends. What an edge
 * writes to many streams is the same buffer each time, so its frame is made once and shared. Keeps
 * the last frame only. On one event loop.
 */
public final class ChunkFrames implements AutoCloseable {

  /** Eight hexadecimal digits and two line ends. */
  private static final int OVERHEAD = 12;

  private @Nullable Buffer framed;
  private @Nullable ByteBuf frame;

  /** The frame; whoever gets it writes it once. */
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
    ByteBuf frame = allocator.directBuffer(size + OVERHEAD); // the kernel takes no other
    frame.writeCharSequence(Integer.toHexString(size), StandardCharsets.US_ASCII);
    frame.writeByte('\r').writeByte('\n');
    frame.writeBytes(bytes, bytes.readerIndex(), size);
    frame.writeByte('\r').writeByte('\n');
    return frame;
  }

  /** Releases the last frame. A connection that still writes it holds it, too. Idempotent. */
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
