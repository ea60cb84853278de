package io.eric.channel.internal.overflow;

import io.eric.log.MessageLog.Usage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts the messages that are on their way: all together and, if wanted, for each receiver of
 * dispatches. Repeats of messages are counted apart, so that they take up no room of messages.
 */
public final class InFlight {

  private int messages;
  private long bytes;
  private int repeats;
  private long repeatBytes;
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

  /** Adds one repeat of a message of this size, in bytes. */
  public void addRepeat(long size) {
    repeats++;
    repeatBytes += size;
  }

  /** Subtracts one message of this size, in bytes. */
  public void subtract(@Nullable String receiver, long size) {
    change(receiver, -1, -size);
  }

  /** Subtracts the messages and repeats of another count; the shares of receivers stay. */
  public void subtract(InFlight other) {
    messages -= other.messages;
    bytes -= other.bytes;
    repeats -= other.repeats;
    repeatBytes -= other.repeatBytes;
  }

  /** Returns how many messages there are. */
  public int messages() {
    return messages;
  }

  /** Returns how large the messages are together, in bytes. */
  public long bytes() {
    return bytes;
  }

  /** Returns how many repeats there are. */
  public int repeats() {
    return repeats;
  }

  /** Returns how large the repeats are together, in bytes. */
  public long repeatBytes() {
    return repeatBytes;
  }

  /** Returns whether there is neither a message nor a repeat. */
  public boolean isEmpty() {
    return messages == 0 && repeats == 0;
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
