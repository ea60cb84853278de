package io.eric.internal.edge;

import io.eric.Payload;
import io.eric.log.Entry;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a door writes messages: server-sent events, or JSON lines. Stateless, for any thread.
 *
 * <p>What {@link #encode} gives is written to many streams at once, so nobody may change it.
 */
public interface StreamFormat {

  /** Tells formats apart: two formats of one name give the same bytes. */
  String name();

  /**
   * The bytes of messages, called once per batch for all streams.
   *
   * @param retryMs the channel's own retry, for formats that repeat it with each message
   */
  Buffer encode(List<Entry> entries, String epoch, int retryMs);

  /** What an idle stream is probed with; readers ignore it. */
  Buffer heartbeat();

  /**
   * An event of the hub itself, outside the log.
   *
   * @param retryMs what to tell the client to wait before it reconnects, 0 for nothing
   * @param id the position to show, null for none
   */
  Buffer control(String type, Payload payload, int retryMs, @Nullable String id);
}
