package io.eric.cluster.link;

import io.eric.internal.client.AddressRouter;
import io.eric.internal.client.ChannelDirectory;
import io.eric.internal.client.EdgeDirectory;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.LocalCodec;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Takes what is meant for an address of this node to where it belongs. For any thread. */
final class LocalAddresses {

  /** What a consumer at these addresses answers only acknowledges. */
  private static final String LISTENERS = "eric.listener.";

  private final EventBus bus;
  private final ChannelDirectory channels;
  private final EdgeDirectory edges;
  private final Predicate<String> servesChannel;
  private final DeliveryOptions local = LocalCodec.options();

  /**
   * Reaches the addresses of a Vert.x instance.
   *
   * @param servesChannel whether a channel is open here; from any thread
   */
  LocalAddresses(Vertx vertx, Predicate<String> servesChannel) {
    LocalCodec.register(vertx);
    this.bus = vertx.eventBus();
    this.channels = new ChannelDirectory(vertx);
    this.edges = new EdgeDirectory(vertx);
    this.servesChannel = servesChannel;
  }

  /** Sends a message of this node. */
  void send(String address, @Nullable Object body) {
    bus.send(address, body, options(body, 0, null));
  }

  /** Delivers a message of another node, past the bus where that is possible. */
  void deliver(String address, @Nullable Object body) {
    if (body instanceof ChannelResponse news && edges.tellHere(address, news)) {
      return;
    }
    if (body instanceof ChannelRequest news
        && address.startsWith(Addresses.CHANNEL_PREFIX)
        && channels.tell(channelOf(address), news)) {
      return;
    }
    send(address, body);
  }

  /**
   * Asks.
   *
   * @param from the node that asks; null for this one
   */
  void ask(
      String address,
      @Nullable Object body,
      long timeoutMs,
      @Nullable String from,
      Promise<@Nullable Object> answer) {
    if (address.startsWith(Addresses.CHANNEL_PREFIX) && !servesChannel.test(channelOf(address))) {
      answer.fail(
          new ReplyException(
              ReplyFailure.RECIPIENT_FAILURE, BusReply.MOVED, "the channel is not open here"));
      return;
    }
    bus.<Object>request(address, body, options(body, timeoutMs, from))
        .onComplete(
            done -> {
              if (done.failed()) {
                answer.tryFail(done.cause());
              } else if (address.startsWith(LISTENERS)) {
                answer.tryComplete(null);
              } else {
                answer.tryComplete(done.result().body());
              }
            });
  }

  private static String channelOf(String address) {
    return address.substring(Addresses.CHANNEL_PREFIX.length());
  }

  private DeliveryOptions options(@Nullable Object body, long timeoutMs, @Nullable String from) {
    boolean ours = body instanceof ChannelRequest || body instanceof ChannelResponse;
    if (ours && timeoutMs == 0) {
      return local;
    }
    DeliveryOptions options =
        ours ? LocalCodec.options() : new DeliveryOptions().setLocalOnly(true);
    if (timeoutMs > 0) {
      options.setSendTimeout(timeoutMs);
    }
    if (!ours && from != null) {
      options.addHeader(AddressRouter.NODE, from);
    }
    return options;
  }
}
