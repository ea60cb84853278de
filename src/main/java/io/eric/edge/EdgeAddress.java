package io.eric.edge;

import io.eric.bus.Addresses;
import io.eric.bus.FromChannel;
import io.eric.bus.Health;
import io.eric.bus.LocalCodec;
import io.eric.bus.Meters;
import io.eric.bus.Moved;
import io.eric.bus.Neighbours;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;

/** Where channels reach an edge, on the event bus and past it; while it is open. */
final class EdgeAddress {

  private final Edge edge;
  private final Neighbours neighbours;
  private final MessageConsumer<FromChannel> consumer;
  private final MessageConsumer<Moved> moves;
  private final Runnable unmetered;
  private final Runnable unwatched;

  /** Opens it, on the edge's context. */
  EdgeAddress(Vertx vertx, Edge edge) {
    Context context = vertx.getOrCreateContext();
    this.edge = edge;
    this.neighbours = new Neighbours(vertx);
    this.consumer = vertx.eventBus().localConsumer(edge.address, this::asked);
    neighbours.addEdge(edge.address, context, edge::told);
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
    neighbours.removeEdge(edge.address);
    return moves.unregister().eventually(consumer::unregister);
  }

  private void asked(Message<FromChannel> message) {
    if (message.body() instanceof FromChannel.End end) {
      boolean found =
          edge.end(
              end, written -> message.reply(new FromChannel.Ended(written), LocalCodec.options()));
      if (!found) {
        message.fail(404, "no such stream");
      }
    } else if (message.body() instanceof FromChannel.StillWanted question) {
      message.reply(new FromChannel.Wanted(edge.wants(question)), LocalCodec.options());
    } else {
      edge.told(message.body());
    }
  }
}
