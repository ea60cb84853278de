package io.eric.channel;

import io.eric.bus.Counter;
import io.eric.bus.Meters;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Flow control towards publishers: while readers are behind, acknowledgements wait here, in order.
 * Who waits for its acknowledgement before it sends more is slowed down to the readers' pace.
 * Bounded by {@link Appender}, for which a message is in flight until it is acknowledged.
 */
final class HeldAcknowledgements {

  private static final long LOOK_AGAIN_MS = 20;

  private final Vertx vertx;
  private final BooleanSupplier mustHold;
  private final long longestMs;
  private final Meters meters;
  private final LongSupplier clock;
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private long timer = -1;
  private volatile boolean holding;
  private boolean closed;

  /**
   * @param mustHold whether acknowledgements are held back at this moment
   * @param longestMs how long one is held at most
   */
  HeldAcknowledgements(
      Vertx vertx, BooleanSupplier mustHold, long longestMs, Meters meters, LongSupplier clock) {
    this.vertx = vertx;
    this.mustHold = mustHold;
    this.longestMs = longestMs;
    this.meters = meters;
    this.clock = clock;
  }

  /** Runs an acknowledgement now, or when readers have caught up. */
  void release(Runnable acknowledgement) {
    if (closed || (held.isEmpty() && !mustHold.getAsBoolean())) {
      acknowledgement.run();
      return;
    }
    meters.count(Counter.ACKS_HELD);
    held.addLast(new Held(acknowledgement, clock.getAsLong()));
    if (timer == -1) {
      timer = vertx.setPeriodic(LOOK_AGAIN_MS, id -> readersAdvanced());
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
    long due = clock.getAsLong() - longestMs;
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
    if (timer != -1) {
      vertx.cancelTimer(timer);
      timer = -1;
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
