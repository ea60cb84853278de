package io.eric.channel.internal.overflow;

import io.eric.internal.Loop;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Controls the flow of publishers: while readers are behind, acknowledgements wait here, in order.
 * A publisher that waits for its acknowledgement before it sends more is slowed down to the
 * readers' pace. The admission of messages bounds how many wait, because it counts a message as in
 * flight until it is acknowledged.
 */
public final class AckGate {

  private static final Logger logger = LoggerFactory.getLogger(AckGate.class);
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
   * @param longestMs how long an acknowledgement is held at most, in milliseconds
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
      run(acknowledgement);
      return;
    }
    meters.count(CounterName.ACKS_HELD);
    held.addLast(new Held(acknowledgement, loop.currentTimeMillis()));
    if (timer == null) {
      timer = loop.every(LOOK_AGAIN_MS, this::readersAdvanced);
      holding = true;
    }
  }

  /** Releases the held acknowledgements that need not wait any longer. */
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
      run(held.removeFirst().acknowledgement);
    }
    if (held.isEmpty()) {
      cancelTimer();
    }
  }

  /** Releases all acknowledgements, and holds none from now on. */
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

  /** Returns whether acknowledgements are held at this moment. Any thread may ask. */
  public boolean isHolding() {
    return holding;
  }

  /** Returns how many acknowledgements are held. */
  public int size() {
    return held.size();
  }

  /** Releases all acknowledgements, whether or not the readers have caught up. */
  private void releaseAll() {
    cancelTimer();
    List<Held> released = List.copyOf(held);
    held.clear(); // first, because an acknowledgement may hold a further one
    released.forEach(each -> run(each.acknowledgement));
  }

  /** Runs an acknowledgement; if it throws, the others run nevertheless. */
  private static void run(Runnable acknowledgement) {
    try {
      acknowledgement.run();
    } catch (RuntimeException e) {
      logger.error("a publisher could not be answered", e);
    }
  }

  private record Held(Runnable acknowledgement, long since) {}
}
