package io.eric.channel;

import io.eric.log.MessageLog.Usage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An amount of messages on their way, in all and for each receiver of dispatches. */
final class InFlight {

  int messages;
  long bytes;
  private final Map<String, Usage> byReceiver = new HashMap<>(0);

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

  /** How much of it goes to this receiver. */
  Usage to(String receiver) {
    return byReceiver.getOrDefault(receiver, Usage.NONE);
  }

  private void change(@Nullable String receiver, int count, long size) {
    messages += count;
    bytes += size;
    if (receiver != null) {
      Usage now = to(receiver);
      if (now.messages() + count == 0) {
        byReceiver.remove(receiver);
      } else {
        byReceiver.put(receiver, new Usage(now.messages() + count, now.bytes() + size));
      }
    }
  }
}
