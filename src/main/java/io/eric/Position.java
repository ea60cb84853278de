package io.eric;

import org.jspecify.annotations.Nullable;

/**
 * A place in a channel's log, written {@code <epoch>-<sequence>}; what clients see as {@code id}.
 * Immutable, so safe for any thread.
 *
 * @param epoch names one life of the log: it changes when content was lost
 * @param sequence the number of the message in that life, from 1; 0 is before the first
 */
public record Position(String epoch, long sequence) {

  /** The longest text that can be a position. */
  private static final int MAX_LENGTH = 64;

  /** Reads a position that {@link #toString} has written; {@code null} for a text that is none. */
  public static @Nullable Position parse(@Nullable String text) {
    if (text == null || text.length() > MAX_LENGTH) {
      return null;
    }
    int dash = text.lastIndexOf('-');
    int digits = text.length() - dash - 1;
    if (dash < 1 || digits < 1 || digits > 18) {
      return null;
    }
    long sequence = 0;
    for (int i = dash + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return null;
      }
      sequence = sequence * 10 + (c - '0');
    }
    return new Position(text.substring(0, dash), sequence);
  }

  /** Returns the epoch, a dash and the sequence: what {@link #parse} reads. */
  @Override
  public String toString() {
    return epoch + '-' + sequence;
  }
}
