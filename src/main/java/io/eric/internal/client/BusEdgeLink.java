package io.eric.internal.client;

import io.eric.UnavailableException;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.ChannelResponse.Ended;
import io.eric.internal.protocol.ChannelResponse.Wanted;
import io.eric.internal.protocol.LocalCodec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;

/**
 * Reaches edges of this JVM through the registry, and others over the event bus. For any thread.
 */
public final class BusEdgeLink implements EdgeLink {

  private static final long ANSWER_MS = 2_000;
  private static final long UNKNOWN = -1;

  private final LocalRegistry registry;
  private final AddressRouter router;
  private final DeliveryOptions options = LocalCodec.options().setSendTimeout(ANSWER_MS);

  /** Creates a link from this Vert.x instance. */
  public BusEdgeLink(Vertx vertx) {
    this.registry = new LocalRegistry(vertx);
    this.router = new AddressRouter(vertx);
  }

  @Override
  public void tell(String edge, ChannelResponse news) {
    if (!registry.tellEdge(edge, news)) {
      router.send(edge, news, options);
    }
  }

  @Override
  public Future<Long> end(String edge, ChannelResponse.End end) {
    return router
        .<Ended>request(edge, end, options)
        .map(Ended::written)
        .recover(
            e ->
                e instanceof ReplyException reply
                        && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE
                    ? Future.succeededFuture(UNKNOWN) // the edge has no such stream
                    : Future.failedFuture(e));
  }

  @Override
  public Future<Boolean> wants(String edge, ChannelResponse.StillWanted question) {
    return router
        .<Wanted>request(edge, question, options)
        .map(Wanted::wanted)
        .recover(
            e ->
                BusReply.hadNoHandler(e)
                    ? Future.succeededFuture(false) // the edge itself is gone
                    : Future.failedFuture(new UnavailableException("an edge does not answer")));
  }
}
