package io.eric.channel.internal.overflow;

import io.eric.log.MessageLog.Usage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An amount of messages on their way, in all and, if wanted, for each receiver of dispatches. */
public final class InFlight {

  private int messages;
  private long bytes;
  private final @Nullable Map<String, Usage> byReceiver;

  private InFlight(@Nullable Map<String, Usage> byReceiver) {
    this.byReceiver = byReceiver;
  }

  /** Counts all together. */
  public static InFlight inAll() {
    return new InFlight(null);
  }

  /** Counts for each receiver too, at a cost per dispatch. */
  public static InFlight byReceiver() {
    return new InFlight(new HashMap<>());
  }

  /** One more. */
  public void add(@Nullable String receiver, long size) {
    change(receiver, 1, size);
  }

  /** One less. */
  public void subtract(@Nullable String receiver, long size) {
    change(receiver, -1, -size);
  }

  /** Less by as much as another amount counts in all. */
  public void subtract(InFlight other) {
    messages -= other.messages;
    bytes -= other.bytes;
  }

  /** How many messages. */
  public int messages() {
    return messages;
  }

  /** How large they are together. */
  public long bytes() {
    return bytes;
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
