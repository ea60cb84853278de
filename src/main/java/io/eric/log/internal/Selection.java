package io.eric.log.internal;

import io.eric.log.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a read has found in an index, in order: contents as the index holds them, and gaps.
 *
 * @param <T> what the index holds of an entry's content
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

  /** Notes that nothing more follows up to a sequence. */
  void seenThrough(long sequence) {
    through = Math.max(through, sequence);
  }

  /** Returns how many messages were found, gaps included. */
  int size() {
    return contents.size() + gaps.size();
  }

  /** Returns the messages' sizes together. */
  long bytes() {
    return bytes;
  }

  /** Returns the sequence up to which the read has looked. */
  public long through() {
    return through;
  }

  /** Returns what has to be loaded. */
  public List<T> contents() {
    return contents;
  }

  /**
   * Puts the gaps between the loaded messages.
   *
   * @param loaded the messages of {@link #contents}, in the same order
   */
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
