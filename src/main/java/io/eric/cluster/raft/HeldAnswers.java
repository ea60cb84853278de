package io.eric.cluster.raft;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds back answers of one connection that would be early, and with each what comes after it, so
 * that everything is sent in its order.
 *
 * <p>It is bounded by what Ratis may have under way on a connection. For any thread, of which one
 * at a time brings answers.
 */
final class HeldAnswers {

  private final Consumer<Runnable> soon;

  /** What is held back; guarded by this. */
  private final Queue<Held> held = new ArrayDeque<>();

  /** Whether something is held back or is just being sent after that; guarded by this. */
  private boolean isHolding;

  private record Held(BooleanSupplier isEarly, Runnable sending) {}

  /**
   * Creates one that holds back nothing.
   *
   * @param soon does something a little later, on any thread; that is when it is looked again
   */
  HeldAnswers(Consumer<Runnable> soon) {
    this.soon = soon;
  }

  /** Sends an answer: at once, unless it is early or one before it is held back. */
  void send(BooleanSupplier isEarly, Runnable sending) {
    synchronized (this) {
      if (isHolding || isEarly.getAsBoolean()) {
        held.add(new Held(isEarly, sending));
        if (!isHolding) {
          isHolding = true;
          soon.accept(this::look);
        }
        return;
      }
    }
    sending.run();
  }

  /** Drops what is held back. */
  synchronized void clear() {
    held.clear();
  }

  private void look() {
    for (Runnable sending = next(); sending != null; sending = next()) {
      sending.run();
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
      soon.accept(this::look);
      return null;
    }
    // It stays holding, so that what comes while this is sent is sent after it.
    return held.remove().sending;
  }
}
