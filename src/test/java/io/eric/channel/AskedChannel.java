package io.eric.channel;

import io.eric.Channel;
import io.eric.Position;
import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.internal.protocol.LocalCodec;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;

/** A channel "x" with a listener "r" on a hub of its own, which tests ask as edges do. */
final class AskedChannel implements AutoCloseable {

  final Hub hub = Hub.start();
  final Channel channel = hub.channel("x");
  private final BusClient client = new BusClient(hub.vertx);

  AskedChannel() {
    addListener();
  }

  void addListener() {
    hub.ask("x", new JsonObject().put("v", "r").put("r", "r"));
  }

  <T> Future<T> asked(ChannelRequest question) {
    return client.ask("x", question);
  }

  <T> T ask(ChannelRequest question) {
    return Hub.await(this.<T>asked(question));
  }

  /** Is an edge that has all the streams that it is asked for. */
  void edge(String address, Consumer<Message<ChannelResponse>> others) {
    hub.vertx
        .eventBus()
        .<ChannelResponse>localConsumer(
            address,
            message -> {
              if (message.body() instanceof ChannelResponse.StillWanted) {
                message.reply(new ChannelResponse.Wanted(true), LocalCodec.options());
              } else {
                others.accept(message);
              }
            });
  }

  void tell(ChannelRequest news) {
    client.tell("x", news);
  }

  /** Its position. */
  String broadcast(Object payload) {
    return Hub.await(channel.broadcast(io.eric.Message.of("t", payload)));
  }

  static long sequence(String position) {
    return Position.parse(position).sequence();
  }

  @Override
  public void close() {
    hub.close();
  }
}
