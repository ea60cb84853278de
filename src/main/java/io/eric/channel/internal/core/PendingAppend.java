package io.eric.channel.internal.core;

import io.eric.channel.internal.overflow.QueuedMessage;
import io.eric.internal.protocol.ChannelResponse.Outcome;
import io.eric.internal.protocol.Command.Publish;
import io.eric.log.Entry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message on its way into the log, and the batch that waits for its outcome. */
final class PendingAppend implements QueuedMessage {

  final Publish message;
  private final PendingBatch batch;
  private final int index;
  private @Nullable List<PendingAppend> repeats;

  PendingAppend(Publish message, PendingBatch batch, int index) {
    this.message = message;
    this.batch = batch;
    this.index = index;
  }

  @Override
  public long size() {
    return (long) Entry.OVERHEAD + message.type().length() + message.payload().size();
  }

  /** Adds a repeat of this publish, recognised by its key, which gets the same outcome. */
  void repeatedBy(PendingAppend repeat) {
    if (repeats == null) {
      repeats = new ArrayList<>(1);
    }
    repeats.add(repeat);
  }

  void complete(Outcome outcome) {
    batch.complete(index, outcome);
    if (repeats != null) {
      repeats.forEach(repeat -> repeat.complete(outcome));
    }
  }
}
