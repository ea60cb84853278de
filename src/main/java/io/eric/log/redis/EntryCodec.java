package io.eric.log.redis;

import io.eric.Payload;
import io.eric.log.Entry;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;

/**
 * An entry as an element of a stream: field {@code m} is a JSON object with its type, time and so
 * on, field {@code p} its payload, byte for byte.
 */
final class EntryCodec {

  private EntryCodec() {}

  /** Field {@code m}. */
  static byte[] head(Entry entry) {
    JsonObject head = new JsonObject().put("at", entry.timestamp()).put("type", entry.type());
    if (entry.receiver() != null) {
      head.put("to", entry.receiver());
    }
    if (entry.sender() != null) {
      head.put("from", entry.sender());
    }
    if (entry.key() != null) {
      head.put("key", entry.key());
    }
    return Payload.of(head).json(); // which survives what UTF-8 cannot express
  }

  /** An element of the answer to {@code XRANGE}: an id, and fields with their values. */
  static Entry decode(Response element) {
    JsonObject head = new JsonObject();
    Payload payload = Payload.NULL;
    Response fields = element.get(1);
    for (int i = 0; i < fields.size(); i += 2) {
      switch (fields.get(i).toString()) {
        case "m" -> head = new JsonObject(fields.get(i + 1).toString(StandardCharsets.UTF_8));
        case "p" -> payload = Payload.ofValidJson(fields.get(i + 1).toBytes());
        default -> {
          // A later version's.
        }
      }
    }
    return new Entry(
        sequence(element),
        head.getLong("at"),
        head.getString("to"),
        head.getString("type"),
        payload,
        head.getString("from"),
        head.getString("key"));
  }

  /** The term in the element's id. */
  static long term(Response element) {
    String id = element.get(0).toString();
    return Long.parseLong(id.substring(0, id.indexOf('-')));
  }

  /** The sequence in the element's id. */
  static long sequence(Response element) {
    String id = element.get(0).toString();
    return Long.parseLong(id.substring(id.indexOf('-') + 1));
  }
}
