package io.eric.internal.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;

/** Reaches consumers over the event bus. For any thread. */
public final class BusConsumerLink implements ConsumerLink {

  private final AddressRouter router;
  private final DeliveryOptions unanswered = new DeliveryOptions();

  /** Creates a link from this Vert.x instance. */
  public BusConsumerLink(Vertx vertx) {
    this.router = new AddressRouter(vertx);
  }

  @Override
  public Future<?> deliver(String address, JsonObject message, long timeoutMs) {
    return router.request(address, message, new DeliveryOptions().setSendTimeout(timeoutMs));
  }

  @Override
  public void tell(String address, JsonObject message) {
    router.send(address, message, unanswered);
  }
}
