package io.eric.channel;

import io.eric.InvalidMessageFormatException;
import io.eric.Message;
import io.eric.Payload;
import io.eric.Position;
import io.eric.channel.internal.readers.ErrorReport;
import io.eric.log.Entry;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Shows entries as a channel's own {@code adapt} gives them. An entry for which {@code adapt} fails
 * is shown as an {@code _eric_error}.
 */
final class EntryAdapter implements UnaryOperator<Entry> {

  private final String epoch;
  private final Function<Message, JsonObject> adapt;

  EntryAdapter(String epoch, Function<Message, JsonObject> adapt) {
    this.epoch = epoch;
    this.adapt = adapt;
  }

  @Override
  public Entry apply(Entry entry) {
    if (Message.isReserved(entry.type())) {
      return entry; // the hub's own events are not the channel's to change
    }
    Message message;
    try {
      message = entry.toMessage(epoch);
    } catch (IllegalStateException undecodable) {
      return report(
          entry, new InvalidMessageFormatException(String.valueOf(undecodable.getMessage())));
    }
    try {
      JsonObject shown = adapt.apply(message);
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
      return report(entry, e);
    }
  }

  private Entry report(Entry entry, Throwable failure) {
    String id = new Position(epoch, entry.sequence()).toString();
    return ErrorReport.inPlaceOf(entry, id, failure);
  }
}
