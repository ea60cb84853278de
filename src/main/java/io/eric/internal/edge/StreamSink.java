package io.eric.internal.edge;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection, as the edge writes to it. All calls come on the edge's context. After
 * {@link #end} only {@link #abort} may follow, for a client that does not read what is before the
 * end; after {@link #abort} nothing more is called.
 */
public interface StreamSink {

  /**
   * Writes shared bytes, in one go.
   *
   * @return completed when the kernel has them; completed already, if possible, when it took them
   *     at once
   */
  Future<Void> write(Buffer bytes);

  /** Whether so much is unwritten that more should wait for it. */
  boolean isFull();

  /** Writes the last bytes, if any, and closes in order. */
  void end(@Nullable Buffer last);

  /** Closes at once: the client does not read. */
  void abort();
}
