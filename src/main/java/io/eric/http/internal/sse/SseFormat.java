package io.eric.http.internal.sse;

import io.eric.Payload;
import io.eric.internal.edge.StreamFormat;
import io.eric.log.Entry;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The format of server-sent events. An entry becomes {@code event}, {@code id} and {@code data}
 * lines and a blank line; line ends are LF. A text payload is written raw, any other payload as the
 * JSON that arrived.
 *
 * <p>Publishers could forge a field only by a line break. Every line break in a payload therefore
 * starts a new {@code data} line, and types and ids have none (CWE-93; {@link io.eric.Message} and
 * {@link io.eric.Ids} refuse them). Characters that only Unicode calls line breaks (U+0085, U+2028,
 * U+2029) are none in SSE; they are nevertheless escaped in JSON, and stay as they are in a raw
 * text. For any thread.
 */
public final class SseFormat implements StreamFormat {

  private static final Buffer HEARTBEAT = Buffer.buffer(":\n");

  /**
   * The bytes of an event besides its type, epoch and payload, with room for a line break or two.
   */
  private static final int EVENT_OVERHEAD = 64;

  /** Creates the format, which has no settings. */
  public SseFormat() {}

  /**
   * Encodes entries as events. The retry is not repeated, because a stream gets it once, in its
   * {@link #prologue}.
   */
  @Override
  public Buffer encode(List<Entry> entries, String epoch, int retryMs) {
    int estimate = 0;
    for (Entry entry : entries) {
      estimate += EVENT_OVERHEAD + entry.type().length() + epoch.length() + entry.payload().size();
    }
    EventWriter out = new EventWriter(estimate);
    for (Entry entry : entries) {
      out.event(entry.type());
      out.id(epoch, entry.sequence());
      out.data(entry.payload());
      out.end();
    }
    return out.toBuffer();
  }

  @Override
  public Buffer heartbeat() {
    return HEARTBEAT;
  }

  @Override
  public Buffer control(String type, Payload payload, int retryMs, @Nullable String id) {
    EventWriter out = new EventWriter(EVENT_OVERHEAD + type.length() + payload.size());
    out.event(type);
    if (retryMs > 0) {
      out.retry(retryMs);
    }
    if (id != null) {
      out.id(id);
    }
    out.data(payload);
    out.end();
    return out.toBuffer();
  }

  /**
   * Returns the beginning of a stream: a comment, by which the client sees at once that it is
   * connected, and the retry. No blank line follows, so the retry belongs to the block of the first
   * event.
   *
   * @param retryMs after how many milliseconds the client reconnects
   */
  public Buffer prologue(int retryMs) {
    EventWriter out = new EventWriter(EVENT_OVERHEAD);
    out.comment();
    out.retry(retryMs);
    return out.toBuffer();
  }

  /**
   * Returns the whole answer to a client that is to come back later: a retry and the end of its
   * block.
   *
   * @param retryMs after how many milliseconds the client reconnects
   */
  public Buffer refusal(int retryMs) {
    EventWriter out = new EventWriter(EVENT_OVERHEAD);
    out.retry(retryMs);
    out.end();
    return out.toBuffer();
  }

  /**
   * Adds a random part of up to half, so that clients that were cut off together do not come back
   * together.
   *
   * @param retryMs in milliseconds, as is the result
   */
  public static int jittered(int retryMs) {
    return retryMs + ThreadLocalRandom.current().nextInt(retryMs / 2 + 1);
  }
}
