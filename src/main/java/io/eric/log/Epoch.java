package io.eric.log;

import java.security.SecureRandom;

/** Names for the lives of logs; for stores. */
public final class Epoch {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final long VALUES = 1L << 40;

  private Epoch() {}

  /**
   * A name that no earlier life of a log had: at most 8 characters out of {@code 0-9 a-z}, and not
   * to be guessed.
   */
  public static String random() {
    return Long.toString(RANDOM.nextLong(VALUES), 36);
  }
}
