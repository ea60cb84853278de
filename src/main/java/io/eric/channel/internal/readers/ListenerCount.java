package io.eric.channel.internal.readers;

import java.util.concurrent.atomic.AtomicInteger;

/** How many listeners all channels of a hub have together, and may have. For any thread. */
public final class ListenerCount {

  private final int max;
  private final AtomicInteger listeners = new AtomicInteger();

  /** Counts up to this maximum; listeners that a store remembers are taken beyond it. */
  public ListenerCount(int max) {
    this.max = max;
  }

  /** For a channel without a hub. */
  public static ListenerCount unlimited() {
    return new ListenerCount(Integer.MAX_VALUE);
  }

  public boolean mayAdd() {
    return listeners.get() < max;
  }

  void add() {
    listeners.incrementAndGet();
  }

  void subtract(int gone) {
    listeners.addAndGet(-gone);
  }
}
