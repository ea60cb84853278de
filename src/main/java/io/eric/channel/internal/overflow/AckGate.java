package io.eric.channel.internal.overflow;

import io.eric.internal.Loop;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Flow control towards publishers: while readers are behind, acknowledgements wait here, in order.
 * A publisher that waits for its acknowledgement before it sends more is slowed down to the
 * readers' pace. Bounded by the admission of messages, for which one is in flight until it is
 * acknowledged.
 */
public final class AckGate {

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
  public AckGate(Loop loop, BooleanSupplier mustHold, long longestMs, Meters meters) {
    this.loop = loop;
    this.mustHold = mustHold;
    this.longestMs = longestMs;
    this.meters = meters;
  }

  /** Runs an acknowledgement now, or when readers have caught up. */
  public void release(Runnable acknowledgement) {
    if (closed || (held.isEmpty() && !mustHold.getAsBoolean())) {
      acknowledgement.run();
      return;
    }
    meters.count(CounterName.ACKS_HELD);
    held.addLast(new Held(acknowledgement, loop.currentTimeMillis()));
    if (timer == null) {
      timer = loop.every(LOOK_AGAIN_MS, this::readersAdvanced);
      holding = true;
    }
  }

  /** Looks again which of the held ones may go. */
  public void readersAdvanced() {
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
      meters.count(CounterName.ACKS_OVERDUE);
      held.removeFirst().acknowledgement.run();
    }
    if (held.isEmpty()) {
      cancelTimer();
    }
  }

  /** Holds nothing from now on. */
  public void close() {
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
  public boolean isHolding() {
    return holding;
  }

  /** How many are held. */
  public int size() {
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
