package io.eric.channel.internal.overflow;

import io.eric.channel.internal.readers.Listener;
import java.util.List;

/**
 * Ends the listeners, or the streams of the listeners, that have not read the oldest message,
 * instead of waiting for them.
 */
abstract class EvictingOverflow extends Overflow {

  /**
   * Finding laggards is O(listeners), so it is done once for a number of drops: a drop then costs a
   * look at about this number of listeners.
   */
  private static final int LISTENERS_PER_DROP = 8;

  private int dropsUntilNextLook;

  EvictingOverflow(OverflowSurroundings channel) {
    super(channel);
  }

  /** Ends a listener that lags, or its stream. */
  abstract void evict(Listener laggard);

  @Override
  final void beforeDrop() {
    if (dropsUntilNextLook-- > 0) {
      return;
    }
    dropsUntilNextLook = channel.listeners().size() / LISTENERS_PER_DROP;
    long last = channel.log().lastSequence();
    for (Listener listener : List.copyOf(channel.listeners().all())) {
      if (channel.log().oldestIsUnreadBy(listener.id, listener.cursor(last))) {
        evict(listener);
      }
    }
  }
}
