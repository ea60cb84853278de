package io.eric.channel.internal.core;

import io.eric.channel.internal.readers.Streams;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What edges ask a channel about their streams, and tell it of them, whichever way it comes. On the
 * channel's context.
 */
final class StreamCommands {

  private final OpenChannel channel;

  StreamCommands(OpenChannel channel) {
    this.channel = channel;
  }

  /**
   * Answers what an edge asks.
   *
   * @return null if this is no question about streams
   * @throws io.eric.EricException if it is refused at once
   */
  @Nullable Future<? extends ChannelResponse> answer(ChannelRequest question) {
    if (question instanceof ChannelRequest.Fetch fetch) {
      return channel.streams.fetch(fetch);
    } else if (question instanceof ChannelRequest.Attach attach) {
      return channel.attach(attach);
    } else if (question instanceof ChannelRequest.Reattach again) {
      return channel.reattach(again);
    } else if (question instanceof ChannelRequest.Statement statement) {
      return channel.confirm(statement);
    } else if (question instanceof ChannelRequest.ListStreams list) {
      return Future.succeededFuture(channel.list(list));
    }
    return null;
  }

  /**
   * Takes what an edge tells, and wants no answer to.
   *
   * @return false if this is nothing that edges tell
   */
  boolean told(ChannelRequest news) {
    Streams streams = channel.streams;
    if (news instanceof ChannelRequest.Acknowledge acknowledge) {
      streams.acknowledge(
          acknowledge.edge(), acknowledge.session(), acknowledge.through(), acknowledge.live());
    } else if (news instanceof ChannelRequest.Written written) {
      streams.written(written);
    } else if (news instanceof ChannelRequest.Demote demote) {
      streams.demote(demote.edge(), demote.stream(), demote.read(), demote.written());
    } else if (news instanceof ChannelRequest.Detach detach) {
      streams.detach(detach.edge(), detach.stream(), detach.written());
    } else {
      return false;
    }
    return true;
  }
}
