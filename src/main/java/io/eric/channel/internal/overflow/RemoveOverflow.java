package io.eric.channel.internal.overflow;

import io.eric.channel.internal.readers.Listener;
import io.eric.metrics.CounterName;

/** A listener that lags is removed, and the oldest messages are dropped. */
final class RemoveOverflow extends EvictingOverflow {

  RemoveOverflow(OverflowSurroundings channel) {
    super(channel);
  }

  @Override
  void evict(Listener laggard) {
    channel.meters().count(CounterName.LAGGARDS_REMOVED);
    channel.remove().accept(laggard);
  }

  @Override
  boolean dropsOldestOf(Listener receiver) {
    if (isBehind(receiver)) {
      evict(receiver);
      return false; // the listener's messages are gone with it
    }
    return true;
  }
}
