package io.eric.channel.internal.overflow;

import io.eric.LogFullException;
import io.eric.channel.internal.readers.Listener;
import io.eric.internal.protocol.Command.Publish;
import io.eric.options.OverflowPolicy;
import java.util.List;

/**
 * A channel's overflow policy: what the channel does when its log is at the limit because a
 * listener has not read it. There is one subclass for each {@link OverflowPolicy}, and every place
 * where policies differ asks one of the methods here. They are called on the channel's context.
 */
public abstract class Overflow {

  /** Creates the policy of a channel. */
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

  /** Returns whether {@link #admit} has to know how much is on its way to each receiver. */
  public boolean countsReceivers() {
    return false;
  }

  /**
   * Checks a published message before it is accepted.
   *
   * @param queued the messages that were accepted and are not in the log yet
   * @param size how many bytes the message will count for in the log
   * @throws LogFullException if the message is refused
   */
  public void admit(Publish message, InFlight queued, long size) {}

  /**
   * Returns how many of the accepted messages may go into the log now. If none may, publishers are
   * held back until the first one may.
   *
   * @param queue the messages that wait, in their order; not empty
   * @param bytes how large the messages are together
   */
  public int room(List<? extends QueuedMessage> queue, long bytes) {
    return queue.size();
  }

  // ---- acknowledgements to publishers

  /** Returns whether publishers wait for readers for as long as the readers advance. */
  public boolean waitsForReaders() {
    return false;
  }

  /** Returns whether a reader needs time at this moment, so that acknowledgements are held back. */
  boolean aReaderNeedsTime() {
    return false;
  }

  /** Returns how long an acknowledgement is held back at most, in milliseconds. */
  public long longestHoldMs() {
    return channel.options().getPublishStall();
  }

  // ---- when the log is over a limit

  /**
   * Reacts to a listener whose own messages use more than its share. This may end the listener or
   * its stream.
   *
   * @return whether the oldest of its messages is to be dropped
   */
  boolean dropsOldestOf(Listener receiver) {
    return true;
  }

  /**
   * Returns whether, when all logs of the hub together are too large, this log drops messages that
   * a listener has not read.
   */
  boolean dropsForBudget() {
    return true;
  }

  /** Called before the oldest message is dropped, which some listeners may not have read. */
  void beforeDrop() {}

  /**
   * Returns whether the oldest dispatch to this listener may be unread, because the listener lags
   * by at least as many messages as are kept for it alone. If it lags by fewer, that dispatch is
   * history.
   */
  protected final boolean isBehind(Listener listener) {
    long last = channel.log().lastSequence();
    long lag = last - listener.cursor(last);
    return lag >= channel.log().usageOf(listener.id).messages();
  }
}
