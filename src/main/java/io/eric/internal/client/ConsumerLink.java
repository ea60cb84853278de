package io.eric.internal.client;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** The way from a channel to the consumers of its listeners, wherever they are. */
public interface ConsumerLink {

  /**
   * Gives a consumer a message.
   *
   * @param timeoutMs how long it may take to acknowledge it
   * @return completed when it has; fails with a {@link io.vertx.core.eventbus.ReplyException}
   */
  Future<?> deliver(String address, JsonObject message, long timeoutMs);

  /** Gives a consumer something that it need not acknowledge. */
  void tell(String address, JsonObject message);
}
