package io.eric.bus;

import java.util.List;

/** A part of the hub that knows whether it can do its work, see {@link Health}. */
@FunctionalInterface
public interface HealthSource {

  /**
   * What keeps it from its work at this moment: a sentence each, few and short, for people who look
   * after the hub; none if all is well. Asked from any thread and with every request for the hub's
   * health, so it says what was found out before, and neither waits nor searches.
   */
  List<String> troubles();
}
