package io.eric.internal.edge;

import io.eric.Payload;
import io.eric.log.Entry;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A format that tests can read: {@code <id> <type> <payload>} per line. */
final class LineFormat implements StreamFormat {

  @Override
  public Buffer encode(List<Entry> entries, String epoch, int retryMs) {
    Buffer lines = Buffer.buffer();
    for (Entry entry : entries) {
      lines.appendString(
          epoch + "-" + entry.sequence() + " " + entry.type() + " " + entry.payload() + "\n");
    }
    return lines;
  }

  @Override
  public Buffer heartbeat() {
    return Buffer.buffer(":\n");
  }

  @Override
  public Buffer control(String type, Payload payload, int retryMs, @Nullable String id) {
    return Buffer.buffer("! " + type + " " + retryMs + "\n");
  }
}
