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
 * The channels and edges of this JVM, for what passes between them with every message. The event
 * bus carries whatever is rare or wants an answer; through its codecs and registrations a message
 * costs several times what it costs here.
 *
 * <p>What is told here is a task on the other's context, as is a message on the bus of one JVM, so
 * what one context tells and asks another by either way arrives in order.
 */
public final class LocalRegistry {

  private static final String MAP = "io.eric.registry";

  private final Known known;

  /** The registry on this Vert.x instance. */
  public LocalRegistry(Vertx vertx) {
    this.known =
        vertx
            .sharedData()
            .<String, Known>getLocalMap(MAP)
            .computeIfAbsent(MAP, absent -> new Known());
  }

  /** What a channel offers to publishers of this JVM, on its context. */
  @FunctionalInterface
  public interface Publishing {
    /** Appends as {@link ChannelRequest.PublishBatch} does; may answer before it returns. */
    void publish(List<Publish> messages, Consumer<Published> answer);
  }

  /**
   * Makes a channel known.
   *
   * @param context where it lives
   * @param told takes what edges tell it, on its context
   * @param waitsForReaders whether publishers are not answered because readers need time; asked
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
   * Whether a channel of this JVM does not answer publishers because its readers need time: then
   * they have nothing to do but wait, however long.
   */
  public boolean waitsForReaders(String channelId) {
    ChannelNeighbour channel = known.channels.get(channelId);
    return channel != null && channel.waitsForReaders.getAsBoolean();
  }

  /** Forgets a channel. */
  public void removeChannel(String channelId) {
    known.channels.remove(channelId);
  }

  /** Whether a channel lives in this JVM. */
  public boolean hasChannel(String channelId) {
    return known.channels.containsKey(channelId);
  }

  /**
   * Makes an edge known.
   *
   * @param context where it lives
   * @param told takes what channels tell it, on its context
   */
  public void addEdge(String address, Context context, Consumer<ChannelResponse> told) {
    known.edges.put(address, new EdgeNeighbour(context, told));
  }

  /** Forgets an edge. */
  public void removeEdge(String address) {
    known.edges.remove(address);
  }

  /**
   * Publishes if the channel lives on this thread's event loop. Then the channel appends at once,
   * so that requests which are pipelined on one connection are all handled in one turn of the loop
   * and go out in one write. As tasks each would cost a round of the loop. What the caller has
   * asked of the channel before, over the event bus, may come after it.
   *
   * @return null if the channel does not live there; then nothing has happened
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
   * Publishes if the channel lives in this JVM, in order with whatever else the caller asks of it.
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
   * @return false if it does not live in this JVM, then nothing has happened
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
   * @return false if it does not live in this JVM, then nothing has happened
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
