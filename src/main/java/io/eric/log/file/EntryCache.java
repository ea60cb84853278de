package io.eric.log.file;

import io.eric.log.Entry;
import java.util.ArrayDeque;

/**
 * Keeps the newest entries of all channels in memory, up to a number of bytes. Confined to the
 * writer's thread.
 */
final class EntryCache {

  private final long maxBytes;
  private final ArrayDeque<EntryLocation> places = new ArrayDeque<>();
  private long bytes;

  EntryCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  void add(EntryLocation place, Entry entry) {
    if (entry.size() > maxBytes) {
      return;
    }
    place.cached = entry;
    places.add(place);
    bytes += entry.size();
    while (bytes > maxBytes) {
      EntryLocation oldest = places.remove();
      Entry evicted = oldest.cached;
      if (evicted != null) {
        bytes -= evicted.size();
        oldest.cached = null;
      }
    }
  }
}
