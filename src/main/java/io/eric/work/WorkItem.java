package io.eric.work;

import io.eric.log.Entry;
import org.jspecify.annotations.Nullable;

/** A message of a {@link WorkQueue}, from the moment it is read until the cursor passes it. */
final class WorkItem {

  final Entry entry;

  /** How often it was given to a worker. */
  int deliveries;

  /** The worker on the event bus that has it; null if none has, or one of this JVM. */
  @Nullable String worker;

  /** When that worker loses it, in milliseconds. */
  long deadline;

  /** Whether its result was handed to the consumer of the results. */
  boolean passed;

  WorkItem(Entry entry) {
    this.entry = entry;
  }

  long sequence() {
    return entry.sequence();
  }
}
