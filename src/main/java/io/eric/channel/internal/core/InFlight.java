package io.eric.channel.internal.core;

import io.eric.log.MessageLog.Usage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An amount of messages on their way, in all and, if wanted, for each receiver of dispatches. */
final class InFlight {

  int messages;
  long bytes;
  private final @Nullable Map<String, Usage> byReceiver;

  private InFlight(@Nullable Map<String, Usage> byReceiver) {
    this.byReceiver = byReceiver;
  }

  /** Counts all together. */
  static InFlight inAll() {
    return new InFlight(null);
  }

  /** Counts for each receiver too, at a cost per dispatch. */
  static InFlight byReceiver() {
    return new InFlight(new HashMap<>());
  }

  void add(@Nullable String receiver, long size) {
    change(receiver, 1, size);
  }

  void subtract(@Nullable String receiver, long size) {
    change(receiver, -1, -size);
  }

  void subtract(InFlight other) {
    messages -= other.messages;
    bytes -= other.bytes;
  }

  /** How much of it goes to this receiver, if that is counted. */
  Usage to(String receiver) {
    return byReceiver == null ? Usage.NONE : byReceiver.getOrDefault(receiver, Usage.NONE);
  }

  private void change(@Nullable String receiver, int count, long size) {
    messages += count;
    bytes += size;
    if (receiver != null && byReceiver != null) {
      Usage now = to(receiver);
      if (now.messages() + count == 0) {
        byReceiver.remove(receiver);
      } else {
        byReceiver.put(receiver, new Usage(now.messages() + count, now.bytes() + size));
      }
    }
  }
}
