package io.eric.log.redis;

import io.eric.log.Entry;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keeps the newest entries of a log in memory, up to a number of bytes. */
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

  /** Returns the sequence from which on every entry that the log keeps is here. */
  long completeFrom() {
    return completeFrom;
  }

  /** Returns the entries from a sequence on, oldest first. */
  Collection<Entry> from(long sequence) {
    return entries.tailMap(sequence, true).values();
  }

  @Nullable Entry get(long sequence) {
    return entries.get(sequence);
  }
}
