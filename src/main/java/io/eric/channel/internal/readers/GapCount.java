package io.eric.channel.internal.readers;

import io.eric.Message;
import io.eric.log.Entry;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Counts the gaps that readers are given, by reason. */
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
            ? CounterName.GAP_OVERFLOW
            : "expired".equals(reason) ? CounterName.GAP_EXPIRED : CounterName.GAP_EPOCH);
  }
}
