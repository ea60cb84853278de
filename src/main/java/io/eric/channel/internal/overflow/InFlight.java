package io.eric.channel.internal.overflow;

import io.eric.log.MessageLog.Usage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the messages that are on their way: all together and, if wanted, for each receiver of
 * dispatches.
 */
public final class InFlight {

  private int messages;
  private long bytes;
  private final @Nullable Map<String, Usage> byReceiver;

  private InFlight(@Nullable Map<String, Usage> byReceiver) {
    this.byReceiver = byReceiver;
  }

  /** Creates a count of all messages together. */
  public static InFlight inAll() {
    return new InFlight(null);
  }

  /** Creates a count that has a share for each receiver too, at a cost per dispatch. */
  public static InFlight byReceiver() {
    return new InFlight(new HashMap<>());
  }

  /** Adds one message of this size, in bytes. */
  public void add(@Nullable String receiver, long size) {
    change(receiver, 1, size);
  }

  /** Subtracts one message of this size, in bytes. */
  public void subtract(@Nullable String receiver, long size) {
    change(receiver, -1, -size);
  }

  /** Subtracts the messages and bytes of another count; the shares of receivers stay. */
  public void subtract(InFlight other) {
    messages -= other.messages;
    bytes -= other.bytes;
  }

  /** Returns how many messages there are. */
  public int messages() {
    return messages;
  }

  /** Returns how large the messages are together, in bytes. */
  public long bytes() {
    return bytes;
  }

  /** Returns how much goes to this receiver; {@link Usage#NONE} if that is not counted. */
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
