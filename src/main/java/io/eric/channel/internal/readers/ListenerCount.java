package io.eric.channel.internal.readers;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the listeners that all channels of a hub have together, and knows how many they may have.
 * Any thread may ask.
 */
public final class ListenerCount {

  private final int max;
  private final AtomicInteger listeners = new AtomicInteger();

  /** Creates a count up to this maximum. Only listeners that are restored are taken beyond it. */
  public ListenerCount(int max) {
    this.max = max;
  }

  /** Returns a count without a maximum, for a channel without a hub. */
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
