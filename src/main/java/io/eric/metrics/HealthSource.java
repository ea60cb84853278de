package io.eric.metrics;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A part of the hub that knows whether it can do its work, see {@link Health}. It is asked from any
 * thread.
 */
@FunctionalInterface
public interface HealthSource {

  /**
   * Returns what keeps the part from its work at this moment, for the operators of the hub: few
   * short sentences, or none if all is well. This is called from any thread, with every request for
   * the hub's health, so it must neither block nor search, but return what was found out before.
   */
  List<String> troubles();

  /**
   * Describes a trouble that several channels have, naming the first ten of them.
   *
   * @param what the start of the sentence, which the names follow
   */
  static String trouble(String what, Collection<String> channels) {
    int most = 10;
    String named = channels.stream().limit(most).collect(Collectors.joining(", "));
    int more = channels.size() - most;
    return what + ": " + named + (more > 0 ? " and " + more + " more" : "");
  }
}
