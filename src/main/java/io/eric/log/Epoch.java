package io.eric.log;

import java.security.SecureRandom;

/**
 * Makes epochs, which name the lives of logs. For implementations of stores.
 *
 * <p>Safe for any thread.
 */
public final class Epoch {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final long VALUES = 1L << 40;

  private Epoch() {}

  /**
   * Returns a name for a new life of a log: at most 8 characters out of {@code 0-9 a-z}, drawn from
   * 2<sup>40</sup> values by a secure random generator, so that it differs from all earlier ones
   * and cannot be guessed. Safe from any thread.
   */
  public static String random() {
    return Long.toString(RANDOM.nextLong(VALUES), 36);
  }
}
