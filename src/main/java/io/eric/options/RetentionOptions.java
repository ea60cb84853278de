package io.eric.options;

/**
 * What a channel's log keeps. There are two bounds: {@code history} is what stays for resume after
 * everybody has read it, {@code limit} how far the log may grow for listeners that lag or have not
 * started. Of each bound, whichever part is reached first counts.
 *
 * @param historyMessages the largest number of messages, default 10,000
 * @param historyBytes the largest number of bytes, default 4 MiB
 * @param historyAgeMs the largest age, in milliseconds, default 5 minutes
 * @param limitMessages default 65,536
 * @param limitBytes default 64 MiB
 * @param messageTtlMs messages older than this are dropped, read or not, in milliseconds; 0, the
 *     default, is never
 */
public record RetentionOptions(
    int historyMessages,
    long historyBytes,
    long historyAgeMs,
    int limitMessages,
    long limitBytes,
    long messageTtlMs) {

  /** The defaults. */
  public static final RetentionOptions DEFAULT =
      new RetentionOptions(10_000, 4L << 20, 300_000, 65_536, 64L << 20, 0);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException that names the value and what is allowed
   */
  public RetentionOptions {
    atLeast("history.messages", historyMessages, 0);
    atLeast("history.bytes", historyBytes, 0);
    atLeast("history.age", historyAgeMs, 0);
    atLeast("limit.messages", limitMessages, 1);
    atLeast("limit.bytes", limitBytes, 1);
    atLeast("messageTtl", messageTtlMs, 0);
  }

  private static void atLeast(String name, long value, long minimum) {
    if (value < minimum) {
      throw new IllegalArgumentException(
          name + " is " + value + ", it must be at least " + minimum);
    }
  }
}
