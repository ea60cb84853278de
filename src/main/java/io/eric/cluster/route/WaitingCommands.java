package io.eric.cluster.route;

import io.eric.UnavailableException;
import io.eric.internal.protocol.ChannelRequest.PublishBatch;
import io.eric.internal.protocol.Command;
import io.eric.metrics.CounterName;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The commands for one channel that are not answered yet, in the order in which they came, bounded
 * by their number and, together with those of all other channels, by their bytes. A batch that is a
 * repeat of one that waits joins it, so that both are answered and the order stays.
 */
final class WaitingCommands {

  /** As many as one channel may have; each is at least a caller that waits. */
  static final int MAX_CALLERS = 65_536;

  /** What a caller counts for, beside the bytes of its command. */
  static final long CALLER_BYTES = 256;

  /** The requests of edges and handles have a few numbers and names. */
  private static final long REQUEST_BYTES = 256;

  private final WaitingBudget budget;
  private final Set<PendingCommand> inOrder = new LinkedHashSet<>();
  private final Map<String, PendingCommand> batches = new HashMap<>();
  private int callers;

  WaitingCommands(WaitingBudget budget) {
    this.budget = budget;
  }

  /** Why a command may not wait. */
  enum Refusal {
    /** Too many wait for the channel. */
    CHANNEL_FULL(CounterName.FORWARDS_REFUSED_CHANNEL),
    /** Those of all channels have too many bytes. */
    NODE_FULL(CounterName.FORWARDS_REFUSED_BYTES);

    private final CounterName counter;

    Refusal(CounterName counter) {
      this.counter = counter;
    }

    CounterName counter() {
      return counter;
    }
  }

  boolean isEmpty() {
    return inOrder.isEmpty();
  }

  /** Returns those that wait now, in order. */
  List<PendingCommand> all() {
    return List.copyOf(inOrder);
  }

  boolean contains(PendingCommand command) {
    return inOrder.contains(command);
  }

  /** Returns the batch that a command repeats; null if it is no repeat of one that waits. */
  @Nullable PendingCommand findFormer(Object body) {
    String key = PendingCommand.keyOf(body);
    PendingCommand former = key == null ? null : batches.get(key);
    return former != null && former.body().equals(body) ? former : null;
  }

  /** Returns why one more caller may not wait; null if it may. */
  @Nullable Refusal refusal(long bytes) {
    if (callers >= MAX_CALLERS) {
      return Refusal.CHANNEL_FULL;
    }
    return budget.has(bytes) ? null : Refusal.NODE_FULL;
  }

  /** Returns what the refused are told. */
  UnavailableException exception(Refusal refusal) {
    return new UnavailableException(
        switch (refusal) {
          case CHANNEL_FULL -> "too many commands wait for the channel: " + MAX_CALLERS;
          case NODE_FULL ->
              "the commands that wait on this node for channels of other nodes have "
                  + budget.used()
                  + " bytes, and may have "
                  + budget.maxBytes();
        });
  }

  /** Adds a command behind all others; {@link #refusal} has allowed it. */
  PendingCommand add(Object body, Caller caller, long bytes, long deadline) {
    PendingCommand command = new PendingCommand(body, caller, bytes, deadline);
    take(bytes);
    inOrder.add(command);
    String key = PendingCommand.keyOf(body);
    if (key != null) {
      batches.put(key, command);
    }
    return command;
  }

  /** Adds a caller to a batch that waits; {@link #refusal} has allowed it. */
  void join(PendingCommand former, Caller caller, long deadline) {
    take(CALLER_BYTES);
    former.join(caller, CALLER_BYTES, deadline);
  }

  private void take(long bytes) {
    budget.take(bytes);
    callers++;
  }

  /** Removes a command that is answered. */
  void remove(PendingCommand command) {
    if (inOrder.remove(command)) {
      callers -= command.callers();
      budget.release(command.bytes(), command.callers());
      String key = PendingCommand.keyOf(command.body());
      if (key != null) {
        batches.remove(key, command);
      }
    }
  }

  /** Returns what a command with its caller counts for against the bound of bytes. */
  static long sizeOf(Object body) {
    if (body instanceof PublishBatch batch) {
      long size = CALLER_BYTES;
      for (Command.Publish message : batch.messages()) {
        size += message.size();
      }
      return size;
    }
    // The keys of a command that eric does not know are kept too, so what is written is measured.
    return CALLER_BYTES
        + (body instanceof JsonObject json ? json.toBuffer().length() : REQUEST_BYTES);
  }
}
