package io.eric.metrics;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** A part of the hub that knows whether it can do its work, see {@link Health}. */
@FunctionalInterface
public interface HealthSource {

  /**
   * What keeps it from its work at this moment: a sentence each, few and short, for the operators
   * of the hub; none if all is well. Asked from any thread and with every request for the hub's
   * health, so it says what was found out before, and neither waits nor searches.
   */
  List<String> troubles();

  /**
   * A trouble that several channels have, of which the first ten are named.
   *
   * @param what a sentence that goes on with their names
   */
  static String trouble(String what, Collection<String> channels) {
    int most = 10;
    String named = channels.stream().limit(most).collect(Collectors.joining(", "));
    int more = channels.size() - most;
    return what + ": " + named + (more > 0 ? " and " + more + " more" : "");
  }
}
