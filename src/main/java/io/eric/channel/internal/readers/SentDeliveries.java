package io.eric.channel.internal.readers;

/**
 * Keeps the deliveries that an edge has not acknowledged, oldest first, as numbers in one array. A
 * delivery comes and goes with every message, and numbers cost the garbage collector nothing.
 */
final class SentDeliveries {

  /**
   * A delivery has three numbers: how far it goes, how many messages it has, and how many bytes.
   */
  private static final int FIELDS = 3;

  private static final int MIN_CAPACITY = 4;

  private long[] ring = new long[MIN_CAPACITY * FIELDS];
  private int head;
  private int count;
  private int messages;
  private long bytes;

  void add(long through, int itsMessages, long itsBytes) {
    if (count * FIELDS == ring.length) {
      resize(2 * count);
    }
    int at = at(count);
    ring[at] = through;
    ring[at + 1] = itsMessages;
    ring[at + 2] = itsBytes;
    count++;
    messages += itsMessages;
    bytes += itsBytes;
  }

  /**
   * Removes the deliveries that go no further than this sequence.
   *
   * @return whether there were any
   */
  boolean removeThrough(long through) {
    boolean any = false;
    while (count > 0 && ring[at(0)] <= through) {
      messages -= (int) ring[at(0) + 1];
      bytes -= ring[at(0) + 2];
      head = (head + 1) % (ring.length / FIELDS);
      count--;
      any = true;
    }
    if (ring.length > MIN_CAPACITY * FIELDS && count < ring.length / FIELDS / 4) {
      resize(ring.length / FIELDS / 2);
    }
    return any;
  }

  /** Removes all deliveries. */
  void clear() {
    removeThrough(Long.MAX_VALUE);
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Returns how many messages all deliveries have together. */
  int messages() {
    return messages;
  }

  /** Returns how many bytes all deliveries have together. */
  long bytes() {
    return bytes;
  }

  private int at(int index) {
    return (head + index) % (ring.length / FIELDS) * FIELDS;
  }

  private void resize(int capacity) {
    long[] resized = new long[capacity * FIELDS];
    for (int i = 0; i < count; i++) {
      System.arraycopy(ring, at(i), resized, i * FIELDS, FIELDS);
    }
    ring = resized;
    head = 0;
  }
}
