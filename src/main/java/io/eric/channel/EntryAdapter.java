package io.eric.channel;

import io.eric.Entry;
import io.eric.Message;
import io.eric.Payload;
import io.eric.Position;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Shows entries as a channel's own {@code adapt} gives them, once per message: what was adapted
 * lately is remembered, for the streams that read it from the log.
 */
final class EntryAdapter implements UnaryOperator<Entry> {

  private static final int REMEMBERED = 1_024;

  private final String epoch;
  private final Function<Message, JsonObject> adapt;
  private final Map<Long, Entry> recent =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Entry> eldest) {
          return size() > REMEMBERED;
        }
      };

  EntryAdapter(String epoch, Function<Message, JsonObject> adapt) {
    this.epoch = epoch;
    this.adapt = adapt;
  }

  @Override
  public Entry apply(Entry entry) {
    if (Message.isReserved(entry.type())) {
      return entry; // the hub's own events are not the channel's to change
    }
    Entry known = recent.get(entry.sequence());
    if (known == null) {
      known = adapted(entry);
      recent.put(entry.sequence(), known);
    }
    return known;
  }

  private Entry adapted(Entry entry) {
    try {
      JsonObject shown = adapt.apply(entry.toMessage(epoch));
      String event = Message.of(shown.getString("event"), null).type();
      return new Entry(
          entry.sequence(),
          entry.timestamp(),
          entry.receiver(),
          event,
          Payload.of(shown.getValue("data")),
          entry.sender(),
          entry.key());
    } catch (RuntimeException e) {
      String id = new Position(epoch, entry.sequence()).toString();
      return ErrorReport.inPlaceOf(entry, id, e);
    }
  }
}
