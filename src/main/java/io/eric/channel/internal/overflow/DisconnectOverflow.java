package io.eric.channel.internal.overflow;

import io.eric.channel.internal.readers.Listener;

/** A stream that lags is closed, and the oldest messages are dropped. */
final class DisconnectOverflow extends EvictingOverflow {

  DisconnectOverflow(OverflowSurroundings channel) {
    super(channel);
  }

  @Override
  void evict(Listener laggard) {
    channel.disconnect().accept(laggard);
  }

  @Override
  boolean dropsOldestOf(Listener receiver) {
    if (isBehind(receiver)) {
      evict(receiver);
    }
    return true;
  }
}
