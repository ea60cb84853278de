package io.eric.channel.internal.core;

import io.eric.internal.protocol.ChannelResponse.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Collects the outcomes of one publisher's batch, and hands them over when the last one is known.
 */
final class PendingBatch {

  private final Outcome[] outcomes;
  private final Consumer<List<Outcome>> whenDone;
  private int missing;

  PendingBatch(int size, Consumer<List<Outcome>> whenDone) {
    this.outcomes = new Outcome[size];
    this.missing = size;
    this.whenDone = whenDone;
  }

  void complete(int index, Outcome outcome) {
    outcomes[index] = outcome;
    if (--missing == 0) {
      whenDone.accept(Arrays.asList(outcomes));
    }
  }
}
