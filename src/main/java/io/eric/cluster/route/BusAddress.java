package io.eric.cluster.route;

import io.eric.EricException;
import io.eric.InvalidMessageFormatException;
import io.eric.internal.client.BusClient;
import io.eric.internal.client.PublishAttempts;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.CommandReader;
import io.eric.internal.protocol.LocalCodec;
import io.eric.internal.protocol.Verb;
import io.eric.metrics.Meters;
import io.eric.options.PublishTimeouts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns what comes over the event bus to a channel's address into what its route takes, and knows
 * how long each caller waits. One for all routes of a node.
 */
final class BusAddress implements ChannelRoute.LocalAddress {

  /**
   * How long a command waits here whose caller does not say how long it waits itself: less than the
   * 5 s that callers wait by default, by {@link #MARGIN_MS}.
   */
  private static final long PATIENCE_MS = patienceMs(PublishTimeouts.DEFAULT.publish());

  /**
   * By how much a command is given up here at most before its caller gives it up, because nothing
   * is to be done of which the caller was told that it failed. It covers the way of the answer and
   * what {@link CommandFlow#EXPIRY_MS} leaves open.
   */
  private static final long MARGIN_MS = 200;

  /** As {@link #PATIENCE_MS}, of what may wait for a listener's own code. */
  private static final long LONG_PATIENCE_MS =
      patienceMs(BusClient.HOOK_TIMEOUT_MS + PublishTimeouts.DEFAULT.publish());

  private static final CommandReader READER = new CommandReader();

  private final Vertx vertx;
  private final DeliveryOptions local = LocalCodec.options();
  private final PublishAttempts publishing;

  /**
   * Creates the entrance of a node.
   *
   * @param routes gives the route that stands at a channel's address; null if there is none
   */
  BusAddress(Vertx vertx, Function<String, @Nullable ChannelRoute> routes) {
    this.vertx = vertx;
    this.publishing =
        new PublishAttempts(
            PublishTimeouts.DEFAULT,
            new Routed(routes, new BusClient(vertx).channels()),
            PublishAttempts.Timers.of(vertx),
            Meters.of(vertx));
  }

  @Override
  public Runnable listen(ChannelRoute route) {
    MessageConsumer<Object> consumer =
        vertx
            .eventBus()
            .localConsumer(Addresses.channel(route.channel()), message -> take(route, message));
    return consumer::unregister;
  }

  private void take(ChannelRoute route, Message<Object> message) {
    Object body = message.body();
    if (message.replyAddress() == null) {
      route.tell(body);
      return;
    }
    try {
      long leftMs = leftMs(message);
      if (body instanceof JsonObject json && isPublish(json)) {
        publish(route, message, json, leftMs);
      } else {
        route.ask(body, new BusCaller(message, local), patienceMs(body, leftMs));
      }
    } catch (EricException e) {
      BusReply.failure(message, e);
    }
  }

  /** Publishes for a verticle that speaks JSON, which does not repeat by itself. */
  private void publish(ChannelRoute route, Message<Object> message, JsonObject json, long leftMs) {
    Command.Publish command = (Command.Publish) READER.read(json, route.channel());
    publishing
        .publish(route.channel(), List.of(command), Math.max(0, leftMs))
        .onSuccess(published -> BusReply.published(message, published))
        .onFailure(e -> BusReply.failure(message, e));
  }

  private static boolean isPublish(JsonObject json) {
    Verb verb = Verb.of(json.getValue("v"));
    return verb == Verb.BROADCAST || verb == Verb.DISPATCH;
  }

  /** Returns how long a caller still waits, in milliseconds; -1 if it does not say so. */
  private static long leftMs(Message<Object> message) {
    String left = message.headers().get(PublishAttempts.LEFT_MS);
    if (left == null) {
      return -1;
    }
    try {
      return Math.max(0, Long.parseLong(left));
    } catch (NumberFormatException e) {
      throw new InvalidMessageFormatException(
          "the header " + PublishAttempts.LEFT_MS + " must be a whole number of milliseconds");
    }
  }

  private static long patienceMs(Object body, long leftMs) {
    if (leftMs >= 0) {
      return patienceMs(leftMs);
    }
    return PendingCommand.takesLong(body) ? LONG_PATIENCE_MS : PATIENCE_MS;
  }

  private static long patienceMs(long leftMs) {
    return leftMs - Math.min(MARGIN_MS, leftMs / 2);
  }

  /** A caller on the event bus of this JVM. */
  private record BusCaller(Message<Object> message, DeliveryOptions local) implements Caller {

    @Override
    public void reply(@Nullable Object answer) {
      if (answer instanceof ChannelResponse) {
        message.reply(answer, local);
      } else {
        message.reply(answer);
      }
    }

    @Override
    public void fail(int code, @Nullable String text) {
      message.fail(code, text);
    }
  }

  /** An attempt of a publish that was read here. */
  private record Attempt(Promise<Published> answer) implements Caller {

    @Override
    public void reply(@Nullable Object published) {
      answer.tryComplete((Published) published);
    }

    @Override
    public void fail(int code, @Nullable String text) {
      answer.tryFail(new ReplyException(ReplyFailure.RECIPIENT_FAILURE, code, text));
    }
  }

  /** Lets what is published here wait with the rest, in order. */
  private record Routed(
      Function<String, @Nullable ChannelRoute> routes, PublishAttempts.Channels elsewhere)
      implements PublishAttempts.Channels {

    @Override
    public boolean isFar(String id) {
      return true;
    }

    @Override
    public boolean waitsForReaders(String id) {
      return elsewhere.waitsForReaders(id);
    }

    @Override
    public Future<Published> attempt(
        String id, ChannelRequest.PublishBatch batch, long leftMs, long answerMs) {
      ChannelRoute route = routes.apply(id);
      if (route == null || !route.isListening()) { // the channel is here by now, or gone
        return elsewhere.attempt(id, batch, leftMs, answerMs);
      }
      Promise<Published> answer = Promise.promise();
      route.ask(batch, new Attempt(answer), patienceMs(Math.max(0, leftMs)));
      return answer.future();
    }

    @Override
    public Future<Void> find(String id, Throwable unhandled) {
      return elsewhere.find(id, unhandled);
    }
  }
}
