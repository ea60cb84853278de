package io.eric.internal.protocol;

/**
 * What a channel's owner knows of an edge from the edge's first stream there to its last one. What
 * an edge and an owner say about streams of another session is about nothing any more.
 *
 * @param term of the ownership
 * @param number of the session; later ones of an owner have greater numbers, and 0 is none
 */
public record Session(long term, long number) implements Comparable<Session>, WireRecord {

  /** No session of any owner. */
  public static final Session NONE = new Session(0, 0);

  @Override
  public int compareTo(Session other) {
    return term == other.term ? Long.compare(number, other.number) : Long.compare(term, other.term);
  }

  /** Whether it came before the other. */
  public boolean isBefore(Session other) {
    return compareTo(other) < 0;
  }

  /** Whether an owner has it: it is none otherwise. */
  public boolean isOpen() {
    return number != 0;
  }

  @Override
  public void write(WireOutput out) {
    out.putLong(term).putLong(number);
  }

  static Session read(WireInput in) {
    return new Session(in.getLong(), in.getLong());
  }
}
