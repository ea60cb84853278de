package io.eric.internal.client;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** The way from a channel to the consumers of its listeners, wherever they are. */
public interface ConsumerLink {

  /**
   * Gives a consumer a message.
   *
   * @param timeoutMs how long the consumer may take to acknowledge the message, in milliseconds
   * @return completes when the message is acknowledged; fails with a {@link
   *     io.vertx.core.eventbus.ReplyException}, or with another exception if the consumer is at
   *     another node and there is no cluster
   */
  Future<?> deliver(String address, JsonObject message, long timeoutMs);

  /** Gives a consumer a message that it need not acknowledge, and that may be lost. */
  void tell(String address, JsonObject message);
}
