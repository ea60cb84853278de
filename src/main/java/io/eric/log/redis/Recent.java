package io.eric.log.redis;

import io.eric.log.Entry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The newest entries of a log in memory, bounded in bytes. */
final class Recent {

  private final long maxBytes;
  private final TreeMap<Long, Entry> entries = new TreeMap<>();
  private long bytes;
  private long completeFrom = 1;

  Recent(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  void add(List<Entry> batch) {
    for (Entry entry : batch) {
      entries.put(entry.sequence(), entry);
      bytes += entry.size();
    }
    while (bytes > maxBytes) {
      Map.Entry<Long, Entry> oldest = entries.pollFirstEntry();
      if (oldest == null) {
        break;
      }
      bytes -= oldest.getValue().size();
      completeFrom = oldest.getKey() + 1;
    }
  }

  /** The sequence from which on all entries that the log keeps are here. */
  long completeFrom() {
    return completeFrom;
  }

  /** The entries from a sequence on. */
  Collection<Entry> from(long sequence) {
    return entries.tailMap(sequence, true).values();
  }

  @Nullable Entry get(long sequence) {
    return entries.get(sequence);
  }
}
