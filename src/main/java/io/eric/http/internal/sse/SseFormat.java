package io.eric.http.internal.sse;

import io.eric.Payload;
import io.eric.internal.edge.StreamFormat;
import io.eric.log.Entry;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events. An entry becomes {@code event}, {@code id} and {@code data} lines and a blank
 * line; line ends are LF. A text payload is written raw, any other one as the JSON that it came as.
 *
 * <p>The only place where publishers could forge a field is a line break, so every one in a payload
 * starts a new {@code data} line, and types and ids have none (CWE-93; {@link io.eric.Message} and
 * {@link io.eric.Ids} refuse them). What Unicode alone calls a line break (U+0085, U+2028, U+2029)
 * is none in SSE; in JSON it leaves escaped all the same, in a raw text as it is.
 */
public final class SseFormat implements StreamFormat {

  private static final Buffer HEARTBEAT = Buffer.buffer(":\n");

  /** What an event takes beside its type, epoch and payload, with room for a line break or two. */
  private static final int EVENT_OVERHEAD = 64;

  /** The format has no settings. */
  public SseFormat() {}

  @Override
  public String name() {
    return "sse";
  }

  /** The retry is not repeated: a stream tells it once, in its {@link #prologue}. */
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
   * What a stream starts with: a comment, so that the client sees at once that it is connected, and
   * the retry. No blank line follows, so the retry belongs to the block of the first event.
   */
  public Buffer prologue(int retryMs) {
    EventWriter out = new EventWriter(EVENT_OVERHEAD);
    out.comment();
    out.retry(retryMs);
    return out.toBuffer();
  }

  /** All that a client gets which shall come back later: a retry, and the end of its block. */
  public Buffer refusal(int retryMs) {
    EventWriter out = new EventWriter(EVENT_OVERHEAD);
    out.retry(retryMs);
    out.end();
    return out.toBuffer();
  }

  /** Adds up to half, so that clients that were cut off together do not come back together. */
  public static int jittered(int retryMs) {
    return retryMs + ThreadLocalRandom.current().nextInt(retryMs / 2 + 1);
  }
}
