package io.eric.internal.edge;

import io.eric.Payload;
import io.eric.log.Entry;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes messages in the form of a door: server-sent events, or JSON lines. Stateless, so safe for
 * any thread.
 *
 * <p>The buffer that {@link #encode} returns is written to many streams at once, so it must not be
 * changed.
 */
public interface StreamFormat {

  /**
   * Encodes messages; called once per batch for all streams.
   *
   * @param retryMs the channel's own retry in milliseconds, for formats that repeat it with each
   *     message
   */
  Buffer encode(List<Entry> entries, String epoch, int retryMs);

  /** Returns the bytes that probe an idle stream; readers ignore them. */
  Buffer heartbeat();

  /**
   * Encodes an event of the hub itself, outside the log.
   *
   * @param retryMs how many milliseconds the client is to wait before it reconnects, 0 to say
   *     nothing
   * @param id the position to show, null for none
   */
  Buffer control(String type, Payload payload, int retryMs, @Nullable String id);
}
