package io.eric.channel.internal.overflow;

import io.eric.LogFullException;
import io.eric.channel.internal.readers.Listener;
import io.eric.internal.protocol.Command.Publish;
import io.eric.options.OverflowPolicy;

/**
 * A channel's overflow policy: what the channel does when its log is at the limit because somebody
 * has not read it. There is one subclass for each {@link OverflowPolicy}, and every place where
 * policies differ asks one of the methods here. On the channel's context.
 */
public abstract class Overflow {

  /** The policy of a channel. */
  public static Overflow of(OverflowPolicy policy, OverflowSurroundings surroundings) {
    return switch (policy) {
      case GAP -> new GapOverflow(surroundings);
      case REJECT -> new RejectOverflow(surroundings);
      case DISCONNECT -> new DisconnectOverflow(surroundings);
      case REMOVE -> new RemoveOverflow(surroundings);
      case WAIT -> new WaitOverflow(surroundings);
    };
  }

  protected final OverflowSurroundings channel;

  protected Overflow(OverflowSurroundings channel) {
    this.channel = channel;
  }

  // ---- before messages go into the log

  /** Whether {@link #admit} has to know how much is on its way to each receiver. */
  public boolean countsReceivers() {
    return false;
  }

  /**
   * Looks at a message that was published, before it is taken.
   *
   * @param queued what was taken and is not in the log yet
   * @param size what the message will count for in the log
   * @throws LogFullException if the message is refused
   */
  public void admit(Publish message, InFlight queued, long size) {}

  /**
   * How many of the messages that were taken may go into the log now.
   *
   * @param wanted how many there are, at least 1
   * @param bytes how large they are together
   */
  public int room(int wanted, long bytes) {
    return wanted;
  }

  // ---- acknowledgements to publishers

  /** Whether publishers wait for readers for as long as these advance. */
  public boolean waitsForReaders() {
    return false;
  }

  /** Whether a reader needs time at this moment, so that acknowledgements are held back. */
  boolean aReaderNeedsTime() {
    return false;
  }

  /** How long an acknowledgement is held back at most, in milliseconds. */
  public long longestHoldMs() {
    return channel.options().getPublishStall();
  }

  // ---- when the log is over a limit

  /**
   * A listener's own messages use more than its share. This may end the listener or its stream.
   *
   * @return whether the oldest of its messages is dropped
   */
  boolean dropsOldestOf(Listener receiver) {
    return true;
  }

  /** All logs of the hub are too large: whether this one drops what somebody has not read. */
  boolean dropsForBudget() {
    return true;
  }

  /** The oldest message, which somebody may not have read, is about to be dropped. */
  void beforeDrop() {}

  /** Whether the oldest message for this listener alone is unread; else it is history. */
  protected final boolean isBehind(Listener listener) {
    long last = channel.log().lastSequence();
    long lag = last - listener.cursor(last);
    return lag >= channel.log().usageOf(listener.id).messages();
  }
}
