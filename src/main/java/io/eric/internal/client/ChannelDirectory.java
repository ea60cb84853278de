package io.eric.internal.client;

import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
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
 * The channels of this JVM, for publishes and for the news that edges have for them with every
 * message. The event bus carries everything else; through its codecs and registrations a message
 * costs several times as much as here.
 *
 * <p>News and publishes become tasks on the channel's context, as messages on the bus of one JVM
 * do. What one context sends a channel by either way therefore arrives in order, except by {@link
 * #publishAtOnce}. For any thread.
 */
public final class ChannelDirectory {

  private static final String MAP = "io.eric.channels";

  private final Channels channels;

  /** Creates a view of this Vert.x instance's directory, which all views share. */
  public ChannelDirectory(Vertx vertx) {
    this.channels =
        vertx
            .sharedData()
            .<String, Channels>getLocalMap(MAP)
            .computeIfAbsent(MAP, absent -> new Channels());
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
   * Makes a channel reachable.
   *
   * @param context the channel's context
   * @param told accepts the news of edges, on that context
   * @param waitsForReaders whether publishers are not answered because readers need time; called
   *     from any thread
   * @return makes it unreachable again, but not another channel that has taken its id; idempotent
   */
  public Runnable addChannel(
      String channelId,
      Context context,
      Publishing publishing,
      Consumer<ChannelRequest> told,
      BooleanSupplier waitsForReaders) {
    Reachable channel = new Reachable((ContextInternal) context, publishing, told, waitsForReaders);
    channels.byId.put(channelId, channel);
    return () -> channels.byId.remove(channelId, channel);
  }

  /**
   * Returns whether a channel of this JVM does not answer publishers because its readers need time.
   * Publishers have to wait then, however long.
   */
  public boolean waitsForReaders(String channelId) {
    Reachable channel = channels.byId.get(channelId);
    return channel != null && channel.waitsForReaders.getAsBoolean();
  }

  /** Returns whether a channel lives in this JVM. */
  public boolean hasChannel(String channelId) {
    return channels.byId.containsKey(channelId);
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
    Reachable channel = channels.byId.get(channelId);
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
    Reachable channel = channels.byId.get(channelId);
    if (channel == null) {
      return null;
    }
    Promise<Published> answer = channel.context.owner().getOrCreateContext().promise();
    channel.context.runOnContext(
        turn -> {
          if (channel.equals(channels.byId.get(channelId))) {
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
    Reachable channel = channels.byId.get(channelId);
    if (channel == null) {
      return false;
    }
    channel.context.runOnContext(turn -> channel.told.accept(news));
    return true;
  }

  private static final class Channels implements Shareable {
    private final Map<String, Reachable> byId = new ConcurrentHashMap<>();
  }

  private record Reachable(
      ContextInternal context,
      Publishing publishing,
      Consumer<ChannelRequest> told,
      BooleanSupplier waitsForReaders) {}
}
