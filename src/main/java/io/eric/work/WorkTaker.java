package io.eric.work;

import java.util.List;

/** Takes messages out of a {@link WorkQueue}: the workers of this JVM, or one elsewhere. */
interface WorkTaker {

  /** How many it wants at this moment. */
  int wants();

  /**
   * Gives it what it waited for; it waits no longer.
   *
   * @param items at most as many as it wants; none if the queue is closed
   */
  void give(List<WorkItem> items);
}
