package io.eric.cluster.route;

import io.eric.internal.client.AddressRouter.Far;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import org.jspecify.annotations.Nullable;

/**
 * Makes single attempts to reach a channel at a node, and says what the result of an attempt means.
 * It repeats nothing.
 */
final class Forwarding {

  private final Far links;
  private final String address;

  /**
   * Creates a way to one channel.
   *
   * @param address the channel's address, which is the same at every node
   */
  Forwarding(Far links, String address) {
    this.links = links;
    this.address = address;
  }

  /** The result of one attempt. */
  sealed interface Result {}

  /** The channel has done it. */
  record Answered(@Nullable Object answer) implements Result {}

  /** The channel has not done it, and would not do it if it were asked again. */
  record Refused(int code, @Nullable String text) implements Result {}

  /** No channel has seen it: it may be sent again whatever it is. */
  record NotDone() implements Result {}

  /** No answer came, so the outcome is unknown, and another attempt may be answered. */
  record Silent() implements Result {}

  /** It could not be carried or handled. The outcome is unknown, and would be the same again. */
  record Broken() implements Result {}

  /** Returns whether a node is this one. */
  boolean isHere(String node) {
    return node.equals(links.node());
  }

  /** Sends what is not answered. */
  void tell(String node, Object body) {
    links.send(node, address, stamped(body, node));
  }

  /** Asks once; the future does not fail. */
  Future<Result> ask(String node, Object body, long timeoutMs) {
    return links
        .request(node, address, stamped(body, node), Math.max(1, timeoutMs))
        .transform(
            done ->
                Future.succeededFuture(
                    done.succeeded() ? new Answered(done.result()) : resultOf(done.cause())));
  }

  private static Result resultOf(Throwable cause) {
    if (BusReply.isUnhandled(cause)) {
      return new NotDone();
    }
    if (cause instanceof ReplyException reply) {
      if (reply.failureType() == ReplyFailure.RECIPIENT_FAILURE) {
        return new Refused(reply.failureCode(), reply.getMessage());
      }
      if (reply.failureType() == ReplyFailure.TIMEOUT) {
        return new Silent();
      }
    }
    return new Broken();
  }

  /** Names the places of this node so that the owner finds them. */
  private Object stamped(Object body, String toNode) {
    return !isHere(toNode) && body instanceof ChannelRequest request
        ? request.sentFrom(links.node())
        : body;
  }
}
