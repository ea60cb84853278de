package io.eric.options;

/**
 * How long a publish may take, in milliseconds. A channel holds acknowledgements back for at most
 * its {@code publishStall} (default 1 s), so an attempt must last longer than that.
 *
 * @param attempt how long one attempt may take before a publish with a key is sent again, 1 or more
 * @param publish how long all attempts may take together, at least as long as one; then the caller
 *     is told {@code Unavailable}, and the outcome is unknown
 */
public record PublishTimeouts(long attempt, long publish) {

  /** 2 s and 5 s. */
  public static final PublishTimeouts DEFAULT = new PublishTimeouts(2_000, 5_000);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException that names the value and what is allowed
   */
  public PublishTimeouts {
    if (attempt < 1) {
      throw new IllegalArgumentException(
          "attemptTimeout is " + attempt + ", it must be at least 1");
    }
    if (publish < attempt) {
      throw new IllegalArgumentException(
          "publishTimeout is " + publish + ", it must be at least attemptTimeout: " + attempt);
    }
  }
}
