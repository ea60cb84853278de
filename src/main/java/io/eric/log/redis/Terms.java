package io.eric.log.redis;

import java.util.Map;
import java.util.TreeMap;

/** Under which term each sequence was written, so that ids can be told from sequences. */
final class Terms {

  private final TreeMap<Long, Long> termsFrom = new TreeMap<>();

  /** All from this sequence on is written under a term. */
  void begin(long sequence, long term) {
    termsFrom.tailMap(sequence, true).clear();
    Map.Entry<Long, Long> before = termsFrom.lastEntry();
    if (before == null || before.getValue() != term) {
      termsFrom.put(sequence, term);
    }
  }

  /** Nobody will ask for what is before this sequence. */
  void forgetBefore(long sequence) {
    Long from = termsFrom.floorKey(sequence);
    if (from != null) {
      termsFrom.headMap(from, false).clear();
    }
  }

  long of(long sequence) {
    Map.Entry<Long, Long> from = termsFrom.floorEntry(sequence);
    if (from == null) {
      throw new IllegalArgumentException("no term of sequence " + sequence);
    }
    return from.getValue();
  }

  /** The id of an entry in its stream. */
  String id(long sequence) {
    return of(sequence) + "-" + sequence;
  }
}
