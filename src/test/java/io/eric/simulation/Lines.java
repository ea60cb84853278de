package io.eric.simulation;

import io.eric.Payload;
import io.eric.Position;
import io.eric.internal.edge.StreamFormat;
import io.eric.log.Entry;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** A line for each message, "position type", and for what else a stream says. */
final class Lines implements StreamFormat {

  @Override
  public Buffer encode(List<Entry> entries, String epoch, int retryMs) {
    StringBuilder lines = new StringBuilder();
    for (Entry entry : entries) {
      lines.append(new Position(epoch, entry.sequence())).append(' ').append(entry.type());
      lines.append('\n');
    }
    return Buffer.buffer(lines.toString());
  }

  @Override
  public Buffer heartbeat() {
    return Buffer.buffer(":\n");
  }

  @Override
  public Buffer control(String type, Payload payload, int retryMs, String id) {
    return Buffer.buffer("!" + type + " " + retryMs + "\n");
  }
}
