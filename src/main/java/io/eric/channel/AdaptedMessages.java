package io.eric.channel;

import io.eric.Message;
import io.eric.Payload;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Calls a channel's own {@code adapt} and remembers its latest results, so that the edges, the
 * streams that read from the log and the streams of handles share one call per message. The memory
 * is bounded by number and size; a message that was forgotten is adapted again. Any thread may call
 * it; calls of {@code adapt} exclude each other.
 */
final class AdaptedMessages implements Function<Message, JsonObject> {

  private static final int MAX_REMEMBERED = 1_024;
  private static final long MAX_BYTES = 4L << 20;

  private final Function<Message, JsonObject> adapt;
  private final Map<String, Adapted> recent = new LinkedHashMap<>();
  private long bytes;

  AdaptedMessages(Function<Message, JsonObject> adapt) {
    this.adapt = adapt;
  }

  /** Returns a copy that the caller may change. */
  @Override
  public JsonObject apply(Message message) {
    String id = Objects.requireNonNull(message.id(), "id");
    synchronized (recent) {
      Adapted known = recent.get(id);
      if (known == null) {
        JsonObject shown = adapt.apply(message);
        known = new Adapted(shown, Payload.of(shown).size());
        remember(id, known);
      }
      return known.shown.copy();
    }
  }

  private void remember(String id, Adapted adapted) {
    recent.put(id, adapted);
    bytes += adapted.bytes;
    var oldest = recent.values().iterator();
    while (recent.size() > MAX_REMEMBERED || bytes > MAX_BYTES) {
      bytes -= oldest.next().bytes;
      oldest.remove();
    }
  }

  private record Adapted(JsonObject shown, int bytes) {}
}
