package io.eric.internal.edge;

import io.eric.internal.client.EdgeDirectory;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.LocalCodec;
import io.eric.internal.protocol.OwnerChanged;
import io.eric.metrics.Health;
import io.eric.metrics.Meters;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;

/**
 * Makes an edge reachable for channels, over the event bus and by direct calls, until it is closed.
 */
final class EdgeAddress {

  private final Edge edge;
  private final EdgeDirectory directory;
  private final MessageConsumer<ChannelResponse> consumer;
  private final MessageConsumer<OwnerChanged> moves;
  private final Runnable unmetered;
  private final Runnable unwatched;

  /** Opens the address; called on the edge's context. */
  EdgeAddress(Vertx vertx, Edge edge) {
    Context context = vertx.getOrCreateContext();
    this.edge = edge;
    this.directory = new EdgeDirectory(vertx);
    this.consumer = vertx.eventBus().localConsumer(edge.address, this::asked);
    directory.add(edge.address, context, edge::told);
    this.unmetered = Meters.of(vertx).add(context, edge::sample);
    this.unwatched = Health.of(vertx).add(edge.unconfirmed);
    this.moves = vertx.eventBus().localConsumer(Addresses.MOVED, move -> edge.moved(move.body()));
  }

  Future<Void> opened() {
    return consumer.completion();
  }

  Future<Void> close() {
    unmetered.run();
    unwatched.run();
    directory.remove(edge.address);
    return moves.unregister().eventually(consumer::unregister);
  }

  private void asked(Message<ChannelResponse> message) {
    if (message.body() instanceof ChannelResponse.End end) {
      boolean found =
          edge.end(
              end,
              written -> message.reply(new ChannelResponse.Ended(written), LocalCodec.options()));
      if (!found) {
        message.fail(404, "no such stream");
      }
    } else if (message.body() instanceof ChannelResponse.StillWanted question) {
      message.reply(new ChannelResponse.Wanted(edge.wants(question)), LocalCodec.options());
    } else {
      edge.told(message.body());
    }
  }
}
