package io.eric.internal.protocol;

/**
 * Represents a set of streams by its size and a sum over their numbers, independent of their order.
 */
public final class StreamDigest {

  /** The digest of no streams. */
  public static final long NONE = 0;

  private int count;
  private long sum;

  /** Adds a stream. */
  public void add(long stream) {
    count++;
    sum += mixed(stream);
  }

  /** Removes a stream. */
  public void remove(long stream) {
    count--;
    sum -= mixed(stream);
  }

  /** Returns the number of streams. */
  public int count() {
    return count;
  }

  /**
   * Returns the digest. It is the same for the same streams, and different sets have the same one
   * only by a chance of 2^-64.
   */
  public long value() {
    return sum;
  }

  /**
   * Spreads a number over 64 bits, so that sums of small numbers do not coincide. The constants are
   * those of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
   * 2014).
   */
  private static long mixed(long number) {
    long bits = number + 0x9e3779b97f4a7c15L;
    bits = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    bits = (bits ^ (bits >>> 27)) * 0x94d049bb133111ebL;
    return bits ^ (bits >>> 31);
  }
}
