package io.eric.cluster.raft;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds back answers of one connection that would be early, and with each what comes after it, so
 * that everything is sent in its order.
 *
 * <p>A leader sends a follower that does not answer a few requests at a time, each after a time-out
 * of seconds, so what is held back grows slowly if a disk stalls. For any thread, of which one at a
 * time brings answers.
 */
final class HeldAnswers {

  private static final Logger logger = LoggerFactory.getLogger(HeldAnswers.class);

  private static final long FIRST_LOOK_MS = 1;
  private static final long MOST_MS = 64;

  /** After how long a wait it is told, in milliseconds: a disk takes no such time. */
  private static final long LONG_MS = 10_000;

  private final Later later;

  /** What is held back; guarded by this. */
  private final Queue<Held> held = new ArrayDeque<>();

  /** Whether something is held back or is just being sent after that; guarded by this. */
  private boolean isHolding;

  /** After which time it is looked again, and for how long the first one waits; guarded by this. */
  private long nextLookMs;

  private long waitedMs;

  private record Held(BooleanSupplier isEarly, Runnable sending) {}

  /** Does something after some milliseconds, on any thread. */
  interface Later {
    void run(Runnable task, long ms);
  }

  /** Creates one that holds back nothing. */
  HeldAnswers(Later later) {
    this.later = later;
  }

  /** Sends an answer: at once, unless it is early or one before it is held back. */
  void send(BooleanSupplier isEarly, Runnable sending) {
    synchronized (this) {
      if (isHolding || isEarly.getAsBoolean()) {
        held.add(new Held(isEarly, sending));
        if (!isHolding) {
          isHolding = true;
          lookAgain(FIRST_LOOK_MS);
        }
        return;
      }
    }
    sending.run();
  }

  private void lookAgain(long ms) {
    nextLookMs = Math.min(2 * ms, MOST_MS);
    later.run(this::look, ms);
    boolean wasLong = waitedMs >= LONG_MS;
    waitedMs += ms;
    if (waitedMs >= LONG_MS && !wasLong) {
      logger.warn(
          "{} answers to another node wait until their entries are on the disk, for {} ms so far",
          held.size(),
          waitedMs);
    }
  }

  private void look() {
    for (Runnable sending = next(); sending != null; sending = next()) {
      try {
        sending.run();
      } catch (RuntimeException e) {
        logger.error("an answer to another node cannot be sent", e);
      }
    }
  }

  /** Returns what is to be sent now; null if that is nothing, or nothing yet. */
  private synchronized @Nullable Runnable next() {
    Held next = held.peek();
    if (next == null) {
      isHolding = false;
      return null;
    }
    if (next.isEarly.getAsBoolean()) {
      lookAgain(nextLookMs);
      return null;
    }
    nextLookMs = FIRST_LOOK_MS;
    waitedMs = 0;
    // It stays holding, so that what comes while this is sent is sent after it.
    return held.remove().sending;
  }
}
