package io.eric.channel.internal.overflow;

import io.eric.channel.internal.readers.Listener;
import io.eric.channel.internal.readers.Listeners;
import io.eric.log.MessageLog;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.OverflowPolicy;
import io.eric.options.RetentionOptions;
import java.util.List;
import java.util.function.Consumer;

/** Brings the log back under its limit after appends, as the channel's policy says. */
public final class Overflow {

  private final OverflowPolicy policy;
  private final RetentionOptions retention;
  private final MessageLog log;
  private final Listeners listeners;
  private final PublisherBrake pace;
  private final Consumer<Listener> disconnect;
  private final Consumer<Listener> remove;
  private final Meters meters;

  /** Looking for laggards costs a look at every listener, so it is done once per so many drops. */
  private static final int LISTENERS_PER_DROP = 8;

  private int dropsUntilNextLook;

  public Overflow(
      OverflowPolicy policy,
      RetentionOptions retention,
      MessageLog log,
      Listeners listeners,
      PublisherBrake pace,
      Consumer<Listener> disconnect,
      Consumer<Listener> remove,
      Meters meters) {
    this.policy = policy;
    this.retention = retention;
    this.log = log;
    this.listeners = listeners;
    this.pace = pace;
    this.disconnect = disconnect;
    this.remove = remove;
    this.meters = meters;
  }

  /** After a dispatch: the receiver's own share of the log. */
  public void limitShareOf(Listener receiver) {
    while (log.usageOf(receiver.id).messages() > 1
        && OwnShare.isExceeded(retention, log.usageOf(receiver.id), 0, 0)) {
      if (policy == OverflowPolicy.WAIT && pace.needsTime(receiver)) {
        return; // it loses nothing while it advances; publishers wait for it
      }
      if (policy == OverflowPolicy.REMOVE && isBehind(receiver)) {
        remove(receiver);
        return;
      }
      if (policy == OverflowPolicy.DISCONNECT && isBehind(receiver)) {
        disconnect.accept(receiver);
      }
      log.dropOldestOf(receiver.id);
      meters.count(CounterName.DROPPED_SHARE);
    }
  }

  private boolean isBehind(Listener listener) {
    long lag = log.lastSequence() - listener.cursor(log.lastSequence());
    return lag >= log.usageOf(listener.id).messages(); // else its oldest is read, and history
  }

  /** After appends: the log as a whole. */
  public void limitLog() {
    while (log.isOverLimit()) {
      evictLaggards();
      log.dropOldest();
      meters.count(CounterName.DROPPED_LIMIT);
    }
  }

  /**
   * The logs of the hub together use too much, and this one the most. What everybody has read goes
   * first, then what the policy lets go: {@code reject} refuses publishers instead, {@code wait}
   * holds them back while somebody advances.
   */
  public void shrinkTo(long heapBytes) {
    long read = listeners.lookUpLowest();
    while (log.heapBytes() > heapBytes && holdsMessages() && log.firstSequence() <= read) {
      log.dropOldest();
    }
    while (log.heapBytes() > heapBytes && holdsMessages()) {
      if (policy == OverflowPolicy.REJECT
          || (policy == OverflowPolicy.WAIT && pace.oldestIsNeeded())) {
        return;
      }
      evictLaggards();
      log.dropOldest();
      meters.count(CounterName.DROPPED_BUDGET);
    }
  }

  private boolean holdsMessages() {
    return log.usage().messages() > 0;
  }

  private void remove(Listener listener) {
    meters.count(CounterName.LAGGARDS_REMOVED);
    remove.accept(listener);
  }

  /** Under the policies that do not keep laggards, ends those who have not read the oldest. */
  private void evictLaggards() {
    boolean evicts = policy == OverflowPolicy.DISCONNECT || policy == OverflowPolicy.REMOVE;
    if (!evicts || dropsUntilNextLook-- > 0) {
      return;
    }
    dropsUntilNextLook = listeners.size() / LISTENERS_PER_DROP;
    for (Listener listener : List.copyOf(listeners.all())) {
      if (!log.oldestIsUnreadBy(listener.id, listener.cursor(log.lastSequence()))) {
        continue;
      }
      if (policy == OverflowPolicy.REMOVE) {
        remove(listener);
      } else {
        disconnect.accept(listener);
      }
    }
  }
}
