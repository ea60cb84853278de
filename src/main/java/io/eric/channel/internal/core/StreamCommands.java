package io.eric.channel.internal.core;

import io.eric.channel.internal.readers.Streams;
import io.eric.internal.protocol.ChannelRequest.Acknowledge;
import io.eric.internal.protocol.ChannelRequest.Attach;
import io.eric.internal.protocol.ChannelRequest.Demote;
import io.eric.internal.protocol.ChannelRequest.Detach;
import io.eric.internal.protocol.ChannelRequest.Fetch;
import io.eric.internal.protocol.ChannelRequest.ListStreams;
import io.eric.internal.protocol.ChannelRequest.Reattach;
import io.eric.internal.protocol.ChannelRequest.Statement;
import io.eric.internal.protocol.ChannelRequest.Written;
import io.vertx.core.Future;

/**
 * Handles the requests of edges about their streams, those that are answered and those that are
 * not.
 */
public final class StreamCommands {

  private StreamCommands() {}

  /** Adds the rows of an open channel. */
  public static void addTo(RequestTable table, OpenChannel channel) {
    Streams streams = channel.streams;
    table.answers(Fetch.class, streams::fetch);
    table.answers(Attach.class, channel::attach);
    table.answers(Reattach.class, channel::reattach);
    table.answers(Statement.class, channel::confirm);
    table.answers(ListStreams.class, list -> Future.succeededFuture(channel.list(list)));
    table.takes(
        Acknowledge.class,
        told -> streams.acknowledge(told.edge(), told.session(), told.through(), told.live()));
    table.takes(Written.class, streams::written);
    table.takes(
        Demote.class,
        told -> streams.demote(told.edge(), told.stream(), told.read(), told.written()));
    table.takes(Detach.class, told -> streams.detach(told.edge(), told.stream(), told.written()));
  }
}
