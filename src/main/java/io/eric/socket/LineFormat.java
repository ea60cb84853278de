package io.eric.socket;

import io.eric.Payload;
import io.eric.internal.edge.StreamFormat;
import io.eric.log.Entry;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a stream on the socket: one JSON object per message and line, formatted as Python would
 * format it.
 */
final class LineFormat implements StreamFormat {

  /** The length of a line without its type, payload and epoch, about. */
  private static final int FRAME = 80;

  /**
   * A space: the reference implementation's reader keeps waiting for the line feed, and JSON
   * ignores white space.
   */
  private static final Buffer SPACE = Buffer.buffer(" ");

  @Override
  public Buffer encode(List<Entry> entries, String epoch, int retryMs) {
    int expected = 0;
    for (Entry entry : entries) {
      expected += FRAME + entry.type().length() + entry.payload().size() + epoch.length();
    }
    String retry = Integer.toString(retryMs);
    PythonJson lines = new PythonJson(expected);
    for (Entry entry : entries) {
      lines.plain("{\"event\": ").string(entry.type());
      lines.plain(", \"retry\": ").plain(retry);
      lines.plain(", \"data\": ").value(entry.payload().json());
      lines.plain(", \"id\": \"").plain(epoch).plain("-").plain(Long.toString(entry.sequence()));
      lines.plain("\"}\n");
    }
    return lines.toBuffer();
  }

  @Override
  public Buffer heartbeat() {
    return SPACE;
  }

  /** Has the form of {@link #encode}; a retry of 0 and an absent id are left out. */
  @Override
  public Buffer control(String type, Payload payload, int retryMs, @Nullable String id) {
    PythonJson line = new PythonJson(FRAME + type.length() + payload.size());
    line.plain("{\"event\": ").string(type);
    if (retryMs > 0) {
      line.plain(", \"retry\": ").plain(Integer.toString(retryMs));
    }
    line.plain(", \"data\": ").value(payload.json());
    if (id != null) {
      line.plain(", \"id\": ").string(id);
    }
    return line.plain("}\n").toBuffer();
  }
}
