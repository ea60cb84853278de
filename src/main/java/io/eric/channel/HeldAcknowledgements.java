package io.eric.channel;

import io.eric.bus.Counter;
import io.eric.bus.Loop;
import io.eric.bus.Meters;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Flow control towards publishers: while readers are behind, acknowledgements wait here, in order.
 * Who waits for its acknowledgement before it sends more is slowed down to the readers' pace.
 * Bounded by {@link Appender}, for which a message is in flight until it is acknowledged.
 */
final class HeldAcknowledgements {

  private static final long LOOK_AGAIN_MS = 20;

  private final Loop loop;
  private final BooleanSupplier mustHold;
  private final long longestMs;
  private final Meters meters;
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private Loop.@Nullable Timer timer;
  private volatile boolean holding;
  private boolean closed;

  /**
   * @param mustHold whether acknowledgements are held back at this moment
   * @param longestMs how long one is held at most
   */
  HeldAcknowledgements(Loop loop, BooleanSupplier mustHold, long longestMs, Meters meters) {
    this.loop = loop;
    this.mustHold = mustHold;
    this.longestMs = longestMs;
    this.meters = meters;
  }

  /** Runs an acknowledgement now, or when readers have caught up. */
  void release(Runnable acknowledgement) {
    if (closed || (held.isEmpty() && !mustHold.getAsBoolean())) {
      acknowledgement.run();
      return;
    }
    meters.count(Counter.ACKS_HELD);
    held.addLast(new Held(acknowledgement, loop.currentTimeMillis()));
    if (timer == null) {
      timer = loop.every(LOOK_AGAIN_MS, this::readersAdvanced);
      holding = true;
    }
  }

  /** Looks again which of the held ones may go. */
  void readersAdvanced() {
    if (held.isEmpty()) {
      return;
    }
    if (!mustHold.getAsBoolean()) {
      releaseAll();
      return;
    }
    long due = loop.currentTimeMillis() - longestMs;
    Held first;
    while ((first = held.peekFirst()) != null && first.since <= due) {
      meters.count(Counter.ACKS_OVERDUE);
      held.removeFirst().acknowledgement.run();
    }
    if (held.isEmpty()) {
      cancelTimer();
    }
  }

  /** Holds nothing from now on. */
  void close() {
    closed = true;
    releaseAll();
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
      holding = false;
    }
  }

  /** Whether some are held at this moment; from any thread. */
  boolean isHolding() {
    return holding;
  }

  /** How many are held. */
  int size() {
    return held.size();
  }

  /** Lets everything go, whatever the readers do. */
  private void releaseAll() {
    cancelTimer();
    List<Held> released = List.copyOf(held);
    held.clear(); // what runs now may be held again
    released.forEach(each -> each.acknowledgement.run());
  }

  private record Held(Runnable acknowledgement, long since) {}
}
