package io.eric.channel.internal.overflow;

import io.eric.channel.internal.readers.Listener;
import java.util.List;

/** A listener that has not read the oldest message is not waited for. */
abstract class EvictingOverflow extends Overflow {

  /** Looking for laggards costs a look at every listener, so it is done once for several drops. */
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
