package io.eric.channel;

import io.eric.Channel;
import io.eric.Message;
import io.eric.Position;
import io.eric.bus.BusClient;
import io.eric.bus.ToChannel;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

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

  void tell(ToChannel news) {
    client.tell("x", news);
  }

  /** Its position. */
  String broadcast(Object payload) {
    return Hub.await(channel.broadcast(Message.of("t", payload)));
  }

  static long sequence(String position) {
    return Position.parse(position).sequence();
  }

  @Override
  public void close() {
    hub.close();
  }
}
