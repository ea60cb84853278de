package io.eric.cluster.owner;

import io.eric.cluster.state.Change;
import io.eric.cluster.state.ChannelView;
import io.eric.internal.Loop;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.MessageLog.KeptKey;
import io.eric.log.indexed.ChannelLog;
import io.eric.log.indexed.LogRestoration;
import io.eric.options.RetentionOptions;

/** Opens the logs of channels from the state that every node keeps of their group. */
final class ReplicatedStore {

  private ReplicatedStore() {}

  /**
   * Opens a channel's log as its owner.
   *
   * @param channel the channel as it was when the claim took effect, or when it was created
   * @param loop the channel's context
   * @param lost called on the channel's context when the claim proves to be over
   */
  static MessageLog open(
      ChannelView channel,
      RetentionOptions retention,
      Loop loop,
      ChannelProposals proposals,
      Runnable lost) {
    LogRestoration<Entry> log = ChannelLog.restore(channel.epoch(), 0, retention);
    for (Change.Drop each : channel.dropped()) {
      log.lost(each.receiver(), each.through(), each.throughOverflow());
    }
    for (Entry each : channel.entries()) {
      log.entry(each.sequence(), each.timestamp(), each.receiver(), each.size(), each);
    }
    for (KeptKey each : channel.keys()) {
      log.key(each.key(), each.sequence(), each.timestamp());
    }
    log.last(channel.lastSequence()).committed(channel.cursors()).registered(channel.listeners());
    return log.open(new ReplicatedLogStorage(loop, proposals, log.state(), lost));
  }
}
