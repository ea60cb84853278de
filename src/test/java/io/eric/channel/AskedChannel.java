package io.eric.channel;

import io.eric.Channel;
import io.eric.Position;
import io.eric.bus.BusClient;
import io.eric.bus.FromChannel;
import io.eric.bus.LocalCodec;
import io.eric.bus.ToChannel;
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

  <T> Future<T> asked(ToChannel question) {
    return client.ask("x", question);
  }

  <T> T ask(ToChannel question) {
    return Hub.await(this.<T>asked(question));
  }

  /** Is an edge that has all the streams that it is asked for. */
  void edge(String address, Consumer<Message<FromChannel>> others) {
    hub.vertx
        .eventBus()
        .<FromChannel>localConsumer(
            address,
            message -> {
              if (message.body() instanceof FromChannel.StillWanted) {
                message.reply(new FromChannel.Wanted(true), LocalCodec.options());
              } else {
                others.accept(message);
              }
            });
  }

  void tell(ToChannel news) {
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
