package io.eric.internal.client;

import io.eric.UnavailableException;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.ChannelResponse.Ended;
import io.eric.internal.protocol.ChannelResponse.Wanted;
import io.eric.internal.protocol.LocalCodec;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.shareddata.Shareable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The edges of this JVM, and the way from channels to the edges of all nodes. What a channel has
 * for an edge of this JVM becomes a task on the edge's context; the event bus would cost several
 * times as much per message. Edges of other nodes are reached through {@link AddressRouter}. For
 * any thread.
 */
public final class EdgeDirectory implements EdgeLink {

  private static final String MAP = "io.eric.edges";
  private static final long ANSWER_MS = 2_000;
  private static final long UNKNOWN = -1;

  private final Edges edges;
  private final AddressRouter router;
  private final DeliveryOptions options = LocalCodec.options().setSendTimeout(ANSWER_MS);

  /** Creates a view of this Vert.x instance's directory, which all views share. */
  public EdgeDirectory(Vertx vertx) {
    this.edges =
        vertx
            .sharedData()
            .<String, Edges>getLocalMap(MAP)
            .computeIfAbsent(MAP, absent -> new Edges());
    this.router = new AddressRouter(vertx);
  }

  /**
   * Makes an edge known.
   *
   * @param context the edge's context
   * @param told accepts the news of channels, on that context
   */
  public void add(String address, Context context, Consumer<ChannelResponse> told) {
    edges.byAddress.put(address, new Reachable(context, told));
  }

  /** Forgets an edge. */
  public void remove(String address) {
    edges.byAddress.remove(address);
  }

  @Override
  public void tell(String edge, ChannelResponse news) {
    if (!tellHere(edge, news)) {
      router.send(edge, news, options);
    }
  }

  /**
   * Tells an edge of this JVM something that it does not answer.
   *
   * @return false if the edge does not live in this JVM, and then nothing has happened
   */
  public boolean tellHere(String address, ChannelResponse news) {
    Reachable edge = edges.byAddress.get(address);
    if (edge == null) {
      return false;
    }
    edge.context.runOnContext(turn -> edge.told.accept(news));
    return true;
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

  private static final class Edges implements Shareable {
    private final Map<String, Reachable> byAddress = new ConcurrentHashMap<>();
  }

  private record Reachable(Context context, Consumer<ChannelResponse> told) {}
}
