package io.eric.work;

import java.util.List;

/**
 * Takes messages out of a {@link WorkQueue}, for all workers of this JVM or for one worker
 * elsewhere.
 */
interface WorkTaker {

  /** Returns how many messages it wants at this moment. */
  int wants();

  /**
   * Gives it the messages that it waited for. It waits no longer.
   *
   * @param items at most as many as it wants; no items if the queue is closed
   */
  void give(List<WorkItem> items);
}
