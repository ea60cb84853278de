package io.eric.options;

/**
 * How long a publish may take, in milliseconds. A channel may hold acknowledgements back for its
 * {@code publishStall}, by default 1 s, so an attempt must last longer than that. Immutable, so
 * safe for any thread.
 *
 * @param attempt how long one attempt at another node may take before a publish with a key is sent
 *     again; inside one JVM nothing gets lost and nothing is sent again; the minimum is 1
 * @param publish how long all attempts may take together, after which the caller is told {@code
 *     Unavailable} and the outcome is unknown; the minimum is {@code attempt}. This time is
 *     extended while a channel of the same JVM makes publishers wait for its readers, as under
 *     {@link OverflowPolicy#WAIT}
 */
public record PublishTimeouts(long attempt, long publish) {

  /** The defaults: 2 s and 5 s. */
  public static final PublishTimeouts DEFAULT = new PublishTimeouts(2_000, 5_000);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException that names the value and what is allowed
   */
  public PublishTimeouts {
    Range.atLeast("attemptTimeout", attempt, 1);
    Range.require(
        publish >= attempt, "publishTimeout", publish, "at least attemptTimeout: " + attempt);
  }
}
