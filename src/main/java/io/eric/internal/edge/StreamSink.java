package io.eric.internal.edge;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, as the edge writes to it. All calls come on the edge's context. After
 * {@link #end} only {@link #abort} may follow, for a client that does not read what was written
 * before the end. After {@link #abort} nothing more is called.
 */
public interface StreamSink {

  /**
   * Writes shared bytes in one go.
   *
   * @return completes when the kernel has them; already complete, if possible, when the kernel took
   *     them at once
   */
  Future<Void> write(Buffer bytes);

  /** Returns whether so many bytes are unwritten that further writes should wait. */
  boolean isFull();

  /** Writes the last bytes, if there are any, and closes the connection in order. */
  void end(@Nullable Buffer last);

  /** Closes the connection at once, because the client does not read. */
  void abort();
}
