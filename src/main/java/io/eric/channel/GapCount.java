package io.eric.channel;

import io.eric.Entry;
import io.eric.Message;
import io.eric.bus.Counter;
import io.eric.bus.Meters;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Counts the gaps among what readers are given, by reason. */
final class GapCount {

  private GapCount() {}

  static void of(List<Entry> entries, Meters meters) {
    for (Entry entry : entries) {
      if (entry.type().equals(Message.GAP)) {
        of(entry, meters);
      }
    }
  }

  static void of(Entry gap, Meters meters) {
    String reason =
        gap.payload().value() instanceof JsonObject payload ? payload.getString("reason") : null;
    meters.count(
        "overflow".equals(reason)
            ? Counter.GAP_OVERFLOW
            : "expired".equals(reason) ? Counter.GAP_EXPIRED : Counter.GAP_EPOCH);
  }
}
