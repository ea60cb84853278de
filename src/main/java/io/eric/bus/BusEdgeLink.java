package io.eric.bus;

import io.eric.UnavailableException;
import io.eric.bus.FromChannel.Ended;
import io.eric.bus.FromChannel.Wanted;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;

/** The way to edges of this JVM, and over the event bus to those of others. */
public final class BusEdgeLink implements EdgeLink {

  private static final long ANSWER_MS = 2_000;
  private static final long UNKNOWN = -1;

  private final Neighbours neighbours;
  private final Post post;
  private final DeliveryOptions options = LocalCodec.options().setSendTimeout(ANSWER_MS);

  /** The way from this Vert.x instance. */
  public BusEdgeLink(Vertx vertx) {
    this.neighbours = new Neighbours(vertx);
    this.post = new Post(vertx);
  }

  @Override
  public void tell(String edge, FromChannel news) {
    if (!neighbours.tellEdge(edge, news)) {
      post.send(edge, news, options);
    }
  }

  @Override
  public Future<Long> end(String edge, FromChannel.End end) {
    return post.<Ended>request(edge, end, options)
        .map(Ended::written)
        .recover(
            e ->
                e instanceof ReplyException reply
                        && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE
                    ? Future.succeededFuture(UNKNOWN) // it has no such stream
                    : Future.failedFuture(e));
  }

  @Override
  public Future<Boolean> wants(String edge, FromChannel.StillWanted question) {
    return post.<Wanted>request(edge, question, options)
        .map(Wanted::wanted)
        .recover(
            e ->
                BusAnswer.hadNoHandler(e)
                    ? Future.succeededFuture(false) // the edge itself is gone
                    : Future.failedFuture(new UnavailableException("an edge does not answer")));
  }
}
