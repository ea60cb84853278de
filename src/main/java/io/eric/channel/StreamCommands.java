package io.eric.channel;

import io.eric.bus.FromChannel;
import io.eric.bus.ToChannel;
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
  @Nullable Future<? extends FromChannel> answer(ToChannel question) {
    if (question instanceof ToChannel.Fetch fetch) {
      return channel.streams.fetch(fetch);
    } else if (question instanceof ToChannel.Attach attach) {
      return channel.attach(attach);
    } else if (question instanceof ToChannel.Reattach again) {
      return channel.reattach(again);
    } else if (question instanceof ToChannel.Statement statement) {
      return channel.confirm(statement);
    } else if (question instanceof ToChannel.ListStreams list) {
      return Future.succeededFuture(channel.list(list));
    }
    return null;
  }

  /**
   * Takes what an edge tells, and wants no answer to.
   *
   * @return false if this is nothing that edges tell
   */
  boolean told(ToChannel news) {
    Streams streams = channel.streams;
    if (news instanceof ToChannel.Acknowledge acknowledge) {
      streams.acknowledge(
          acknowledge.edge(), acknowledge.session(), acknowledge.through(), acknowledge.live());
    } else if (news instanceof ToChannel.Written written) {
      streams.written(written);
    } else if (news instanceof ToChannel.Demote demote) {
      streams.demote(demote.edge(), demote.stream(), demote.read(), demote.written());
    } else if (news instanceof ToChannel.Detach detach) {
      streams.detach(detach.edge(), detach.stream(), detach.written());
    } else {
      return false;
    }
    return true;
  }
}
