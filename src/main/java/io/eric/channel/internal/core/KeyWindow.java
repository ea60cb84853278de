package io.eric.channel.internal.core;

import io.eric.log.MessageLog.KeptKey;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the publishers' keys of the recent past, by which a repeated publish is recognised. The
 * keys are bounded by number and age; the key of a publish that is under way is never dropped.
 */
final class KeyWindow {

  private final int capacity;
  private final long maxAgeMs;
  private final Meters meters;
  private final Map<String, Known> pending = new HashMap<>();

  /** In the order in which they were settled. */
  private final Map<String, Known> settled = new LinkedHashMap<>();

  KeyWindow(int capacity, long maxAgeMs, Meters meters) {
    this.capacity = capacity;
    this.maxAgeMs = maxAgeMs;
    this.meters = meters;
  }

  /**
   * Takes over the keys that the log has kept, as if the newest were of this moment. Their times
   * are by the clock of the former owner, or by this clock before it was set: a key that seemed old
   * by the present clock would be forgotten while its publisher still repeats the message.
   *
   * @param kept oldest first
   */
  void restore(List<KeptKey> kept, long now) {
    long moved = kept.isEmpty() ? 0 : now - kept.get(kept.size() - 1).timestamp();
    for (KeptKey each : kept) {
      succeeded(each.key(), each.sequence(), each.timestamp() + moved);
    }
  }

  /**
   * Returns what became of the first publish with this key, or null if the key is new or forgotten.
   */
  @Nullable Known find(String key, long now) {
    Known underWay = pending.get(key);
    if (underWay != null) {
      return underWay;
    }
    Known known = settled.get(key);
    return known == null || known.isOld(now, maxAgeMs) ? null : known;
  }

  /** Notes a publish that is under way. */
  void begin(String key, PendingAppend append) {
    pending.put(key, new Known(append, 0, Long.MAX_VALUE));
  }

  /**
   * Notes the sequence of a publish that succeeded, and drops keys that are too old or too many.
   */
  void succeeded(String key, long sequence, long now) {
    pending.remove(key);
    settled.remove(key); // so that the order of the map is the order of time
    settled.put(key, new Known(null, sequence, now));
    var oldest = settled.values().iterator();
    while (oldest.hasNext()) {
      boolean old = oldest.next().isOld(now, maxAgeMs);
      if (!old && pending.size() + settled.size() <= capacity) {
        return;
      }
      if (!old) {
        meters.count(CounterName.KEYS_FORGOTTEN);
      }
      oldest.remove();
    }
  }

  /**
   * Returns the keys of publishes that are done, oldest first: all that {@link #succeeded} visits.
   */
  Collection<String> settled() {
    return settled.keySet();
  }

  /** Forgets the key of a publish that has failed, so that the key may be used again. */
  void failed(String key) {
    pending.remove(key);
  }

  /**
   * A key's publish.
   *
   * @param pending the append under way, or null when it is done
   * @param sequence the sequence of its message
   * @param since when it was done, in milliseconds
   */
  record Known(@Nullable PendingAppend pending, long sequence, long since) {
    private boolean isOld(long now, long maxAgeMs) {
      return now - since > maxAgeMs;
    }
  }
}
