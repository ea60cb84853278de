package io.eric.options;

/** Checks settings against their ranges. A complaint names the setting and what is allowed. */
final class Range {

  /**
   * The longest time that a setting may have: far beyond use, and in nanoseconds it fits into a
   * {@code long} 29 times, so that it can be converted and added to others.
   */
  static final long TEN_YEARS_MS = 10L * 365 * 86_400_000;

  /** As {@link #TEN_YEARS_MS}, for an {@code int}: this fits into one three times. */
  static final int ONE_WEEK_MS = 7 * 86_400_000;

  private Range() {}

  /** Passes a value through that is not below {@code least}. */
  static int atLeast(String name, int value, int least) {
    return (int) atLeast(name, (long) value, least);
  }

  /** Passes a value through that is not below {@code least}. */
  static long atLeast(String name, long value, long least) {
    require(value >= least, name, value, "at least " + least);
    return value;
  }

  /** Passes a value through that is not above {@code most}. */
  static int atMost(String name, int value, int most) {
    return (int) atMost(name, (long) value, most);
  }

  /** Passes a value through that is not above {@code most}. */
  static long atMost(String name, long value, long most) {
    require(value <= most, name, value, "at most " + most);
    return value;
  }

  /** Passes a value through that is neither below {@code least} nor above {@code most}. */
  static int between(String name, int value, int least, int most) {
    return (int) between(name, (long) value, least, most);
  }

  /** Passes a value through that is neither below {@code least} nor above {@code most}. */
  static long between(String name, long value, long least, long most) {
    require(value >= least && value <= most, name, value, least + " to " + most);
    return value;
  }

  /**
   * Refuses a value that is not allowed.
   *
   * @param rule completes the sentence "it must be"
   * @throws IllegalArgumentException naming the setting, the value and the rule
   */
  static void require(boolean allowed, String name, Object value, String rule) {
    if (!allowed) {
      throw new IllegalArgumentException(name + " is " + value + ", it must be " + rule);
    }
  }
}
