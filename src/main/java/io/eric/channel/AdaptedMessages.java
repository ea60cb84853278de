package io.eric.channel;

import io.eric.Message;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * A channel's own {@code adapt}, called once per message: what it gave lately is remembered, for
 * the edges, the streams that read from the log and the streams of handles. For any thread.
 */
final class AdaptedMessages implements Function<Message, JsonObject> {

  private static final int REMEMBERED = 1_024;

  private final Function<Message, JsonObject> adapt;
  private final Map<String, JsonObject> recent =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, JsonObject> eldest) {
          return size() > REMEMBERED;
        }
      };

  AdaptedMessages(Function<Message, JsonObject> adapt) {
    this.adapt = adapt;
  }

  /** A copy that the caller may change. */
  @Override
  public JsonObject apply(Message message) {
    String id = Objects.requireNonNull(message.id(), "id");
    synchronized (recent) {
      JsonObject known = recent.get(id);
      if (known == null) {
        known = adapt.apply(message);
        recent.put(id, known);
      }
      return known.copy();
    }
  }
}
