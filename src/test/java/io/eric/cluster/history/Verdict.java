package io.eric.cluster.history;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a history comes to.
 *
 * @param acknowledged how many messages
 * @param delivered how many events with a message, over all listeners
 * @param reconnects how many streams beyond each listener's first
 * @param repeats how many attempts to publish had an outcome that the publisher did not know
 * @param longestMs the longest time from a message's first attempt to its acknowledgement
 */
public record Verdict(
    int acknowledged,
    int delivered,
    int reconnects,
    int repeats,
    long longestMs,
    List<Violation> violations) {

  /** Returns how many violations of each kind there are. */
  public Map<Violation.Kind, Integer> counts() {
    Map<Violation.Kind, Integer> counts = new EnumMap<>(Violation.Kind.class);
    violations.forEach(violation -> counts.merge(violation.kind(), 1, Integer::sum));
    return counts;
  }

  /** Returns all of it on one line. */
  public String line() {
    return "acknowledged "
        + acknowledged
        + ", delivered "
        + delivered
        + ", reconnects "
        + reconnects
        + ", repeats "
        + repeats
        + ", longest "
        + longestMs
        + " ms, violations "
        + counts();
  }
}
