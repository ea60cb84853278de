package io.eric.testing;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener's consumer on the event bus as a test plays it: it answers when it is told to. */
public final class Consumer {

  private final List<Message<JsonObject>> requests = new CopyOnWriteArrayList<>();
  private final MessageConsumer<JsonObject> consumer;
  private volatile boolean acknowledges;

  /** Listens at the listener's address. */
  public Consumer(Vertx vertx, String channel, String listener, boolean acknowledges) {
    this.acknowledges = acknowledges;
    consumer =
        vertx
            .eventBus()
            .localConsumer(
                "eric.listener." + channel + "/" + listener,
                message -> {
                  requests.add(message);
                  if (this.acknowledges) {
                    message.reply(null);
                  }
                });
    Hub.await(consumer.completion());
  }

  /** Waits until there are so many deliveries, and gives them all. */
  public List<JsonObject> bodies(int count) {
    Hub.until(() -> requests.size() >= count);
    return requests.stream().map(Message::body).toList();
  }

  /** The values of {@code data} of at least so many deliveries. */
  public List<Object> data(int count) {
    return bodies(count).stream().map(body -> body.getValue("data")).toList();
  }

  /** The delivery of this number, from 0. */
  public Message<JsonObject> request(int index) {
    bodies(index + 1);
    return requests.get(index);
  }

  /** How many deliveries there were until now. */
  public int count() {
    return requests.size();
  }

  /** From now on, everything is acknowledged as it comes. */
  public void acknowledgeAll() {
    acknowledges = true;
  }

  /** Leaves the address. */
  public void leave() {
    Hub.await(consumer.unregister());
  }
}
