package io.eric.log.internal;

import io.eric.log.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a read has found in an index, in order: contents still in the store's form, and gaps.
 *
 * @param <T> what the store keeps of an entry's content
 */
public final class Selection<T> {

  private final List<T> contents = new ArrayList<>();
  private final List<PlacedGap> gaps = new ArrayList<>(0);
  private long bytes;
  private long through;

  Selection(long after) {
    through = after;
  }

  void add(long sequence, int size, T content) {
    contents.add(content);
    bytes += size;
    through = sequence;
  }

  void add(Entry gap) {
    gaps.add(new PlacedGap(contents.size() + gaps.size(), gap));
    bytes += gap.size();
    through = gap.sequence();
  }

  /** Nothing more follows up to here. */
  void seenThrough(long sequence) {
    through = Math.max(through, sequence);
  }

  /** How many messages, gaps included. */
  int size() {
    return contents.size() + gaps.size();
  }

  /** The messages' sizes together. */
  long bytes() {
    return bytes;
  }

  /** How far the read has looked. */
  public long through() {
    return through;
  }

  /** What the store has to load. */
  public List<T> contents() {
    return contents;
  }

  /** The messages in order, once the contents are loaded. */
  public List<Entry> merge(List<Entry> loaded) {
    if (gaps.isEmpty()) {
      return Collections.unmodifiableList(loaded);
    }
    List<Entry> merged = new ArrayList<>(size());
    int next = 0;
    for (PlacedGap gap : gaps) {
      while (merged.size() < gap.index) {
        merged.add(loaded.get(next++));
      }
      merged.add(gap.entry);
    }
    merged.addAll(loaded.subList(next, loaded.size()));
    return Collections.unmodifiableList(merged);
  }

  private record PlacedGap(int index, Entry entry) {}
}
