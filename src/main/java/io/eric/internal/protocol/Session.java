package io.eric.internal.protocol;

/**
 * Identifies what a channel's owner knows of an edge, from the edge's first stream to its last.
 * What edge and owner say about streams of another session is outdated.
 *
 * @param term the term of the ownership
 * @param number the number of the session; later sessions of an owner have greater numbers, and 0
 *     means none
 */
public record Session(long term, long number) implements Comparable<Session>, WireRecord {

  /** No session of any owner. */
  public static final Session NONE = new Session(0, 0);

  @Override
  public int compareTo(Session other) {
    return term == other.term ? Long.compare(number, other.number) : Long.compare(term, other.term);
  }

  /** Returns whether this session came before the other. */
  public boolean isBefore(Session other) {
    return compareTo(other) < 0;
  }

  /** Returns whether this is a session that an owner has opened. */
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
