package io.eric.log.redis;

import java.util.Map;
import java.util.TreeMap;

/** Knows under which term each sequence was written, because an id in Redis consists of both. */
final class Terms {

  private final TreeMap<Long, Long> termsFrom = new TreeMap<>();

  /** Notes that everything from a sequence on is written under a term. */
  void begin(long sequence, long term) {
    termsFrom.tailMap(sequence, true).clear();
    Map.Entry<Long, Long> before = termsFrom.lastEntry();
    if (before == null || before.getValue() != term) {
      termsFrom.put(sequence, term);
    }
  }

  /** Forgets what is needed only for sequences before this one. */
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

  /** Returns the id of an entry in its stream. */
  String id(long sequence) {
    return of(sequence) + "-" + sequence;
  }
}
