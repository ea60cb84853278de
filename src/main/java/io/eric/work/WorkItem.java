package io.eric.work;

import io.eric.log.Entry;
import org.jspecify.annotations.Nullable;

/** A message of a {@link WorkQueue}, from the moment it is read until the cursor passes it. */
final class WorkItem {

  final Entry entry;

  /** How often the message was given to a worker. */
  int deliveries;

  /**
   * The worker on the event bus that has the message; null if no worker has it, or one of this JVM.
   */
  @Nullable String worker;

  /** When that worker loses the message, in milliseconds. */
  long deadline;

  /** Whether the message's result was handed to the consumer of the results. */
  boolean passed;

  WorkItem(Entry entry) {
    this.entry = entry;
  }

  long sequence() {
    return entry.sequence();
  }
}
