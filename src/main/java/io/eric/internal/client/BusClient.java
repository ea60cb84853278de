package io.eric.internal.client;

import io.eric.EricException;
import io.eric.InvalidChannelException;
import io.eric.UnavailableException;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.ListPage;
import io.eric.internal.protocol.LocalCodec;
import io.eric.metrics.Meters;
import io.eric.options.PublishTimeouts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks channels and turns failures of the event bus into the exceptions of docs/PROTOCOL.md section
 * 2. Publishes and news reach channels of this JVM past the bus. Futures complete on the caller's
 * context. For any thread, unless it was given timers of one context.
 */
public final class BusClient implements ChannelLink {

  /** How long a listener's own {@code onMessage} may take, in milliseconds. */
  public static final long HOOK_TIMEOUT_MS = 30_000;

  /** How many items of a list are requested at a time. */
  private static final int ITEMS_AT_A_TIME = 1_000;

  private final EventBus bus;
  private final ChannelDirectory directory;
  private final AddressRouter router;
  private final PublishTimeouts timeouts;
  private final PublishAttempts publishing;
  private final PublishAttempts.Channels channels = new Channels();
  private final DeliveryOptions local;
  private final DeliveryOptions asking;
  private final DeliveryOptions patient;
  private final DeliveryOptions json;

  /** Creates a client on this Vert.x instance's event bus, with the default time-outs. */
  public BusClient(Vertx vertx) {
    this(vertx, PublishTimeouts.DEFAULT);
  }

  /**
   * Creates a client on this Vert.x instance's event bus.
   *
   * @param timeouts the time-outs of publishing; {@code publish} is also how long each other
   *     request waits for its answer, and how long a request that no handler has taken is repeated
   */
  public BusClient(Vertx vertx, PublishTimeouts timeouts) {
    this(vertx, timeouts, PublishAttempts.Timers.of(vertx));
  }

  /**
   * As {@link #BusClient(Vertx, PublishTimeouts)}, for a caller on one context that has cheaper
   * timers.
   */
  public BusClient(Vertx vertx, PublishTimeouts timeouts, PublishAttempts.Timers timers) {
    LocalCodec.register(vertx);
    this.bus = vertx.eventBus();
    this.directory = new ChannelDirectory(vertx);
    this.router = new AddressRouter(vertx);
    this.timeouts = timeouts;
    this.local = LocalCodec.options();
    this.asking = waiting(LocalCodec.options(), timeouts.publish());
    this.patient = waiting(LocalCodec.options(), HOOK_TIMEOUT_MS + timeouts.publish());
    this.json = waiting(new DeliveryOptions(), timeouts.publish());
    this.publishing = new PublishAttempts(timeouts, channels, timers, Meters.of(vertx));
  }

  /** Says to what forwards a command how long its answer is waited for. */
  private static DeliveryOptions waiting(DeliveryOptions options, long ms) {
    return options.setSendTimeout(ms).addHeader(PublishAttempts.LEFT_MS, Long.toString(ms));
  }

  /**
   * Asks whether this node can serve: its store does and, in a cluster, enough nodes see each
   * other.
   *
   * @return completes if the node can serve; fails with {@link UnavailableException} if it cannot,
   *     or if no hub is running
   */
  public Future<Void> isReady() {
    return unlessClosed(() -> bus.<JsonObject>request(Addresses.READINESS, null, json))
        .recover(e -> Future.failedFuture(asEric(e, null)))
        .compose(
            reply ->
                reply.body().getBoolean("ok")
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new UnavailableException(reply.body().getString("error"))));
  }

  /**
   * Sends a command in its JSON form and gives the {@code result} of the answer.
   *
   * @return fails with an {@link EricException}
   */
  public Future<Object> command(Command command) {
    return answer(command).map(answer -> answer.getValue("result"));
  }

  /**
   * Gives a part of a list.
   *
   * @return fails with an {@link EricException}
   */
  public Future<ListPage> list(Command.ListAll command) {
    return answer(command).map(ListPage::ofAnswer);
  }

  private Future<JsonObject> answer(Command command) {
    String channel = command instanceof Command.CreateChannel ? null : command.channel();
    String address = channel == null ? Addresses.CHANNELS : Addresses.channel(channel);
    Supplier<Future<Message<JsonObject>>> attempt =
        () -> bus.request(address, command.toJson(), json);
    return (channel == null
            ? unlessClosed(attempt).map(Message::body)
            : insist(channel, attempt, System.nanoTime()))
        .recover(e -> Future.failedFuture(asEric(e, channel)));
  }

  /** As {@link #publish(String, List, long)}, with this client's own time-out. */
  public Future<ChannelResponse.Published> publish(String channel, List<Command.Publish> messages) {
    return publish(channel, messages, 0);
  }

  /**
   * Appends a batch of messages for one channel, in order with the caller's other requests to the
   * channel; see {@link PublishAttempts}.
   *
   * @param timeoutMs how long all attempts together may take, in milliseconds; 0 for this client's
   *     own time-out
   * @return fails with an {@link EricException}
   */
  public Future<ChannelResponse.Published> publish(
      String channel, List<Command.Publish> messages, long timeoutMs) {
    return unlessClosed(() -> publishing.publish(channel, messages, timeoutMs));
  }

  /** Returns the place where this client's publishes are repeated. */
  public PublishAttempts publishing() {
    return publishing;
  }

  /** Returns the channels as a publish sees them. */
  public PublishAttempts.Channels channels() {
    return channels;
  }

  @Override
  public <T> Future<T> ask(String channel, ChannelRequest question) {
    return ask(channel, question, asking);
  }

  @Override
  public <T> Future<T> askLong(String channel, ChannelRequest question) {
    return ask(channel, question, patient);
  }

  private <T> Future<T> ask(String channel, ChannelRequest question, DeliveryOptions options) {
    return this.<T>request(channel, question, options)
        .recover(e -> Future.failedFuture(asEric(e, channel)));
  }

  private <T> Future<T> request(String channel, ChannelRequest question, DeliveryOptions options) {
    return insist(
        channel,
        () -> bus.<T>request(Addresses.channel(channel), question, options),
        System.nanoTime());
  }

  /**
   * Repeats a question that no handler has taken, because a channel may be opening or, in a
   * cluster, moving. No attempt begins after the time that a publish may take.
   */
  private <T> Future<T> insist(String channel, Supplier<Future<Message<T>>> attempt, long since) {
    return unlessClosed(attempt)
        .transform(
            answer ->
                answer.succeeded()
                    ? Future.succeededFuture(answer.result().body())
                    : BusReply.isUnhandled(answer.cause())
                        ? askAgain(channel, attempt, since, answer.cause())
                        : Future.failedFuture(answer.cause()));
  }

  private <T> Future<T> askAgain(
      String channel, Supplier<Future<Message<T>>> attempt, long since, Throwable unhandled) {
    return System.nanoTime() - since > timeouts.publish() * 1_000_000
        ? Future.failedFuture(unserved())
        : find(channel, unhandled).compose(found -> insist(channel, attempt, since));
  }

  /**
   * Finds a channel that a request has not reached. A node without a handler at the channel's
   * address looks the channel up before it answers, and waits until the channel is open.
   *
   * @return completes when the channel can be asked again
   */
  private Future<Void> find(String channel, Throwable unhandled) {
    return bus.<Boolean>request(Addresses.RESOLVE, channel, asking)
        .transform(
            found -> {
              if (found.succeeded()) {
                return found.result().body()
                    ? Future.succeededFuture()
                    : Future.failedFuture(unhandled);
              }
              return Future.failedFuture(
                  BusReply.hadNoHandler(found.cause()) ? asEric(found.cause(), null) : unserved());
            });
  }

  /** Gives a failed future where a closed Vert.x throws, because its event loops have ended. */
  private static <T> Future<T> unlessClosed(Supplier<Future<T>> request) {
    try {
      return request.get();
    } catch (RejectedExecutionException closed) {
      return Future.failedFuture(new UnavailableException("this Vert.x is closed"));
    }
  }

  static UnavailableException unserved() {
    return new UnavailableException("nobody serves the channel at this moment");
  }

  /**
   * Gives all items of a list, requested in parts, so that a channel with many listeners does other
   * work in between.
   *
   * @param channel the channel whose listeners are listed; null for the list of channels
   * @return fails with an {@link EricException}
   */
  public Future<List<Object>> listAll(@Nullable String channel) {
    return rest(
        new ListPages(this, new Command.ListAll(channel), ITEMS_AT_A_TIME), new ArrayList<>());
  }

  private static Future<List<Object>> rest(ListPages pages, List<Object> known) {
    return pages
        .next()
        .compose(
            page -> {
              page.items().forEach(known::add);
              return pages.isEnded() ? Future.succeededFuture(known) : rest(pages, known);
            });
  }

  /**
   * Gives the state of this node of a cluster; fails without a cluster, or if the node does not
   * answer.
   */
  public Future<JsonObject> health() {
    return bus.<JsonObject>request(Addresses.HEALTH, new JsonObject(), json).map(Message::body);
  }

  @Override
  public void tell(String channel, ChannelRequest news) {
    if (!directory.tell(channel, news)) {
      bus.send(Addresses.channel(channel), news, local);
    }
  }

  /**
   * Returns the exception of the protocol that a failed request stands for.
   *
   * @param channel the channel that was asked, which is unknown if it has no handler; null for the
   *     hub
   */
  public static EricException asEric(Throwable failure, @Nullable String channel) {
    if (failure instanceof EricException eric) {
      return eric;
    }
    if (failure instanceof ReplyException reply) {
      if (BusReply.hadNoHandler(reply)) {
        return channel == null
            ? new UnavailableException("the hub is not running")
            : InvalidChannelException.unknown(channel);
      }
      if (reply.failureCode() == BusReply.MOVED) {
        return new UnavailableException("the channel is moving to another node");
      }
      if (reply.failureType() == ReplyFailure.RECIPIENT_FAILURE && reply.getMessage() != null) {
        EricException eric = EricException.parse(reply.failureCode(), reply.getMessage());
        if (eric != null) {
          return eric;
        }
      }
    }
    return new UnavailableException("no answer from the channel, the outcome is unknown");
  }

  /** Reaches channels of this JVM past the event bus, and others over it. */
  private final class Channels implements PublishAttempts.Channels {

    @Override
    public boolean isFar(String channel) {
      return router.far() != null && !directory.hasChannel(channel);
    }

    @Override
    public boolean waitsForReaders(String channel) {
      return directory.waitsForReaders(channel);
    }

    @Override
    public Future<ChannelResponse.Published> attempt(
        String channel, ChannelRequest.PublishBatch batch, long leftMs, long answerMs) {
      Future<ChannelResponse.Published> here = directory.publish(channel, batch.messages());
      return here != null
          ? here
          : bus.<ChannelResponse.Published>request(
                  Addresses.channel(channel),
                  batch,
                  LocalCodec.options()
                      .setSendTimeout(answerMs)
                      .addHeader(PublishAttempts.LEFT_MS, Long.toString(leftMs)))
              .map(Message::body);
    }

    @Override
    public Future<Void> find(String channel, Throwable unhandled) {
      return BusClient.this.find(channel, unhandled);
    }
  }
}
