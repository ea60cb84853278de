package io.eric.internal.client;

import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command.Publish;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.shareddata.Shareable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The channels and edges of this JVM, for publishes and for the news that pass between the two with
 * every message. The event bus carries everything else; through its codecs and registrations a
 * message costs several times as much as here.
 *
 * <p>News and publishes become tasks on the receiver's context, as messages on the bus of one JVM
 * do. What one context sends another by either way therefore arrives in order, except by {@link
 * #publishAtOnce}. For any thread.
 */
public final class LocalRegistry {

  private static final String MAP = "io.eric.registry";

  private final Known known;

  /** Creates a view of this Vert.x instance's registry, which all views share. */
  public LocalRegistry(Vertx vertx) {
    this.known =
        vertx
            .sharedData()
            .<String, Known>getLocalMap(MAP)
            .computeIfAbsent(MAP, absent -> new Known());
  }

  /** Accepts publishes for a channel, on its context. */
  @FunctionalInterface
  public interface Publishing {
    /**
     * Appends messages as {@link ChannelRequest.PublishBatch} does. The answer may be given before
     * this returns.
     */
    void publish(List<Publish> messages, Consumer<Published> answer);
  }

  /**
   * Makes a channel known.
   *
   * @param context the channel's context
   * @param told accepts the news of edges, on that context
   * @param waitsForReaders whether publishers are not answered because readers need time; called
   *     from any thread
   */
  public void addChannel(
      String channelId,
      Context context,
      Publishing publishing,
      Consumer<ChannelRequest> told,
      BooleanSupplier waitsForReaders) {
    known.channels.put(
        channelId,
        new ChannelNeighbour((ContextInternal) context, publishing, told, waitsForReaders));
  }

  /**
   * Returns whether a channel of this JVM does not answer publishers because its readers need time.
   * Publishers have to wait then, however long.
   */
  public boolean waitsForReaders(String channelId) {
    ChannelNeighbour channel = known.channels.get(channelId);
    return channel != null && channel.waitsForReaders.getAsBoolean();
  }

  /** Forgets a channel. */
  public void removeChannel(String channelId) {
    known.channels.remove(channelId);
  }

  /** Returns whether a channel lives in this JVM. */
  public boolean hasChannel(String channelId) {
    return known.channels.containsKey(channelId);
  }

  /**
   * Makes an edge known.
   *
   * @param context the edge's context
   * @param told accepts the news of channels, on that context
   */
  public void addEdge(String address, Context context, Consumer<ChannelResponse> told) {
    known.edges.put(address, new EdgeNeighbour(context, told));
  }

  /** Forgets an edge. */
  public void removeEdge(String address) {
    known.edges.remove(address);
  }

  /**
   * Publishes at once if the channel lives on this thread's event loop. All requests that are
   * pipelined on one connection are then handled in one turn of the loop and answered in one write;
   * as tasks, each would cost a turn. Requests that the caller has sent to the channel before, over
   * the event bus, may arrive after this one.
   *
   * @return completes on the channel's context; null if the channel does not live on this event
   *     loop, and then nothing has happened
   */
  public @Nullable Future<Published> publishAtOnce(String channelId, List<Publish> messages) {
    ChannelNeighbour channel = known.channels.get(channelId);
    if (channel == null || !channel.context.inThread()) {
      return null;
    }
    Promise<Published> answer = Promise.promise();
    channel.context.dispatch(() -> channel.publishing.publish(messages, answer::complete));
    return answer.future();
  }

  /**
   * Publishes if the channel lives in this JVM, in order with the caller's other requests to the
   * channel.
   *
   * @return null if the channel does not live here; else completes on the caller's context, and
   *     fails as a request on the event bus does if the channel has left meanwhile
   */
  public @Nullable Future<Published> publish(String channelId, List<Publish> messages) {
    ChannelNeighbour channel = known.channels.get(channelId);
    if (channel == null) {
      return null;
    }
    Promise<Published> answer = channel.context.owner().getOrCreateContext().promise();
    channel.context.runOnContext(
        turn -> {
          if (channel.equals(known.channels.get(channelId))) {
            channel.publishing.publish(messages, answer::complete);
          } else {
            answer.fail(BusReply.moved());
          }
        });
    return answer.future();
  }

  /**
   * Tells a channel something that it does not answer.
   *
   * @return false if the channel does not live in this JVM, and then nothing has happened
   */
  public boolean tell(String channelId, ChannelRequest news) {
    ChannelNeighbour channel = known.channels.get(channelId);
    if (channel == null) {
      return false;
    }
    channel.context.runOnContext(turn -> channel.told.accept(news));
    return true;
  }

  /**
   * Tells an edge something that it does not answer.
   *
   * @return false if the edge does not live in this JVM, and then nothing has happened
   */
  public boolean tellEdge(String address, ChannelResponse news) {
    EdgeNeighbour edge = known.edges.get(address);
    if (edge == null) {
      return false;
    }
    edge.context.runOnContext(turn -> edge.told.accept(news));
    return true;
  }

  private static final class Known implements Shareable {
    private final Map<String, ChannelNeighbour> channels = new ConcurrentHashMap<>();
    private final Map<String, EdgeNeighbour> edges = new ConcurrentHashMap<>();
  }

  private record ChannelNeighbour(
      ContextInternal context,
      Publishing publishing,
      Consumer<ChannelRequest> told,
      BooleanSupplier waitsForReaders) {}

  private record EdgeNeighbour(Context context, Consumer<ChannelResponse> told) {}
}
