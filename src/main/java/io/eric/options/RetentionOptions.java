package io.eric.options;

/**
 * What a channel's log keeps. It has two bounds: {@code history} is what stays for resume after all
 * listeners have read it, and {@code limit} is how far the log may grow for listeners that lag or
 * have not started. Of each bound, the part that is reached first counts. Immutable, so safe for
 * any thread.
 *
 * @param historyMessages the largest number of messages; the minimum is 0, the default 10,000
 * @param historyBytes the largest number of bytes; the minimum is 0, the default 4 MiB
 * @param historyAgeMs the largest age, in milliseconds; the range is 0 to ten years, the default 5
 *     minutes
 * @param limitMessages the largest number of messages; the minimum is 1, the default 65,536
 * @param limitBytes the largest number of bytes; the minimum is 1, the default 64 MiB
 * @param messageTtlMs the age, in milliseconds, at which messages are dropped, read or not; the
 *     range is 0 to ten years; 0, the default, means never
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
    Range.atLeast("history.messages", historyMessages, 0);
    Range.atLeast("history.bytes", historyBytes, 0);
    Range.between("history.age", historyAgeMs, 0, Range.TEN_YEARS_MS);
    Range.atLeast("limit.messages", limitMessages, 1);
    Range.atLeast("limit.bytes", limitBytes, 1);
    Range.between("messageTtl", messageTtlMs, 0, Range.TEN_YEARS_MS);
  }
}
