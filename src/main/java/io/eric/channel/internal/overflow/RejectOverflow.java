package io.eric.channel.internal.overflow;

import io.eric.LogFullException;
import io.eric.channel.internal.readers.Listener;
import io.eric.internal.protocol.Command.Publish;
import io.eric.log.MessageLog;
import io.eric.log.MessageLog.Usage;
import io.eric.options.RetentionOptions;

/** Refuses publishers until there is room. */
final class RejectOverflow extends Overflow {

  RejectOverflow(OverflowSurroundings channel) {
    super(channel);
  }

  @Override
  public boolean countsReceivers() {
    return true;
  }

  @Override
  public void admit(Publish message, InFlight queued, long size) {
    makeRoom(queued, size);
    if (channel.budget().isExceeded() && holdsUnread()) {
      throw new LogFullException(
          "all logs together are full, try again when this channel's has been read");
    }
    String receiver = message.listener();
    if (receiver != null) {
      makeRoomFor(receiver, queued, size);
    }
  }

  private void makeRoom(InFlight queued, long size) {
    MessageLog log = channel.log();
    if (!isFull(queued, size)) {
      return;
    }
    log.trim(channel.listeners(), channel.clock().getAsLong());
    // Messages that all listeners have read stay as history only while there is room.
    while (isFull(queued, size)
        && log.usage().messages() > 0
        && log.firstSequence() <= channel.listeners().lowest()) {
      log.dropOldest();
    }
    if (isFull(queued, size)) {
      throw new LogFullException("the channel's log is full, try again when it has been read");
    }
  }

  private void makeRoomFor(String receiver, InFlight queued, long size) {
    MessageLog log = channel.log();
    if (!shareIsUsed(receiver, queued, size)) {
      return;
    }
    Listener listener = channel.listeners().get(receiver);
    if (!log.hasAfter(listener.cursor(log.lastSequence()), receiver)) {
      while (shareIsUsed(receiver, queued, size) && log.usageOf(receiver).messages() > 0) {
        log.dropOldestOf(receiver); // it is read already, and only history
      }
    }
    if (shareIsUsed(receiver, queued, size)) {
      throw new LogFullException(
          "the listener's share of the channel's log is full, try again when it has been read");
    }
  }

  private boolean holdsUnread() {
    MessageLog log = channel.log();
    return log.usage().messages() > 0 && log.firstSequence() > channel.listeners().lowest();
  }

  private boolean isFull(InFlight queued, long size) {
    RetentionOptions limit = channel.retention();
    Usage used = channel.log().usage();
    return used.messages() + queued.messages() >= limit.limitMessages()
        || used.bytes() + queued.bytes() + size > limit.limitBytes();
  }

  private boolean shareIsUsed(String receiver, InFlight queued, long size) {
    Usage waiting = queued.to(receiver);
    return OwnShare.isExceeded(
        channel.retention(),
        channel.log().usageOf(receiver),
        waiting.messages() + 1,
        waiting.bytes() + size);
  }

  /** Drops nothing, because publishers are refused instead. */
  @Override
  boolean dropsForBudget() {
    return false;
  }
}
