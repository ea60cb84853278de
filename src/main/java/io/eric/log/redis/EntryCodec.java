package io.eric.log.redis;

import io.eric.Payload;
import io.eric.log.Entry;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;

/**
 * Turns an entry into an element of a stream and back. Field {@code m} is a JSON object with the
 * type, the time and so on; field {@code p} is the payload, byte for byte.
 */
final class EntryCodec {

  private EntryCodec() {}

  /** Returns the value of field {@code m}. */
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
    return Payload.of(head).json(); // a payload escapes what UTF-8 cannot express
  }

  /**
   * Returns the entry of an element.
   *
   * @param element an element of the answer to {@code XRANGE}: an id, and fields with their values
   */
  static Entry decode(Response element) {
    JsonObject head = new JsonObject();
    Payload payload = Payload.NULL;
    Response fields = element.get(1);
    for (int i = 0; i < fields.size(); i += 2) {
      switch (fields.get(i).toString()) {
        case "m" -> head = new JsonObject(fields.get(i + 1).toString(StandardCharsets.UTF_8));
        case "p" -> payload = Payload.ofValidJson(fields.get(i + 1).toBytes());
        default -> {
          // A later version has written this field.
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

  /** Returns the term in the element's id. */
  static long term(Response element) {
    String id = element.get(0).toString();
    return Long.parseLong(id.substring(0, id.indexOf('-')));
  }

  /** Returns the sequence in the element's id. */
  static long sequence(Response element) {
    String id = element.get(0).toString();
    return Long.parseLong(id.substring(id.indexOf('-') + 1));
  }
}
