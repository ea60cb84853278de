package io.eric.channel;

import io.eric.log.MessageLog;
import io.eric.log.RetentionOptions;
import java.util.List;
import java.util.function.Consumer;

/** Brings the log back under its limit after appends, as the channel's policy says. */
final class Overflow {

  private final OverflowPolicy policy;
  private final RetentionOptions retention;
  private final MessageLog log;
  private final Listeners listeners;
  private final Pace pace;
  private final Consumer<Listener> disconnect;
  private final Consumer<Listener> remove;
  private long dropped;

  Overflow(
      OverflowPolicy policy,
      RetentionOptions retention,
      MessageLog log,
      Listeners listeners,
      Pace pace,
      Consumer<Listener> disconnect,
      Consumer<Listener> remove) {
    this.policy = policy;
    this.retention = retention;
    this.log = log;
    this.listeners = listeners;
    this.pace = pace;
    this.disconnect = disconnect;
    this.remove = remove;
  }

  /** How many messages were dropped although somebody had not read them. */
  long dropped() {
    return dropped;
  }

  /** After a dispatch: the receiver's own share of the log. */
  void limitShareOf(Listener receiver) {
    while (log.usageOf(receiver.id).messages() > 1
        && OwnShare.isExceeded(retention, log.usageOf(receiver.id), 0, 0)) {
      if (policy == OverflowPolicy.WAIT && pace.needsTime(receiver)) {
        return; // it loses nothing while it advances; publishers wait for it
      }
      if (policy == OverflowPolicy.REMOVE && isBehind(receiver)) {
        remove.accept(receiver);
        return;
      }
      if (policy == OverflowPolicy.DISCONNECT && isBehind(receiver)) {
        disconnect.accept(receiver);
      }
      log.dropOldestOf(receiver.id);
      dropped++;
    }
  }

  private boolean isBehind(Listener listener) {
    long lag = log.lastSequence() - listener.cursor(log.lastSequence());
    return lag >= log.usageOf(listener.id).messages(); // else its oldest is read, and history
  }

  /** After appends: the log as a whole. */
  void limitLog() {
    while (log.isOverLimit()) {
      if (policy == OverflowPolicy.DISCONNECT || policy == OverflowPolicy.REMOVE) {
        evictLaggards();
      }
      log.dropOldest();
      dropped++;
    }
  }

  private void evictLaggards() {
    for (Listener listener : List.copyOf(listeners.all())) {
      if (!log.oldestIsUnreadBy(listener.id, listener.cursor(log.lastSequence()))) {
        continue;
      }
      if (policy == OverflowPolicy.REMOVE) {
        remove.accept(listener);
      } else {
        disconnect.accept(listener);
      }
    }
  }
}
