package io.eric.internal.protocol;

import io.eric.EricException;
import io.eric.Position;
import io.eric.UnavailableException;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers commands on the event bus, as docs/PROTOCOL.md section 5 describes. */
public final class BusReply {

  private static final Logger logger = LoggerFactory.getLogger(BusReply.class);

  /**
   * The failure code of a channel that has another owner by now: nothing was done, and the request
   * may be repeated. Clients of the bus see it as {@code Unavailable}.
   */
  public static final int MOVED = 421;

  /** The result of a command that has none of its own. */
  public static final String ACK = "ack";

  /**
   * The start of Vert.x's answer to a request that waited in the queue of a consumer which then
   * left the address. The answer's type is a timeout.
   */
  private static final String DISCARDED = "Discarded the request.";

  private BusReply() {}

  /**
   * Returns whether a failed request was certainly not seen by a handler: there was no handler at
   * its address, or the handler left before it took the request.
   */
  public static boolean hadNoHandler(Throwable failure) {
    return failure instanceof ReplyException reply
        && (reply.failureType() == ReplyFailure.NO_HANDLERS || isDiscarded(reply));
  }

  private static boolean isDiscarded(ReplyException reply) {
    return reply.failureType() == ReplyFailure.TIMEOUT
        && reply.getMessage() != null
        && reply.getMessage().startsWith(DISCARDED);
  }

  /**
   * Returns whether a failed request to a channel has certainly not been handled, so that it may be
   * repeated.
   */
  public static boolean isUnhandled(Throwable failure) {
    return hadNoHandler(failure)
        || (failure instanceof ReplyException reply && reply.failureCode() == MOVED);
  }

  /**
   * Creates the failure of a request that a channel has left unhandled because the channel moves.
   */
  public static ReplyException moved() {
    return new ReplyException(
        ReplyFailure.RECIPIENT_FAILURE,
        MOVED,
        new UnavailableException("the channel is moving").text());
  }

  /** Wraps a result. */
  public static JsonObject result(Object result) {
    return new JsonObject().put("result", result);
  }

  /** Answers a JSON command that publishes one message. */
  public static void published(Message<?> request, ChannelResponse.Published published) {
    ChannelResponse.Outcome outcome = published.outcomes().get(0);
    if (outcome.succeeded()) {
      Position position = new Position(published.epoch(), outcome.sequence());
      request.reply(result(ACK).put("id", position.toString()));
    } else {
      request.fail(outcome.code(), outcome.error());
    }
  }

  /**
   * Answers with the code and text of docs/PROTOCOL.md section 2. A failure that is not an {@link
   * EricException}, or that has a cause, is logged; its details are kept from the caller.
   */
  public static void failure(Message<?> request, Throwable failure) {
    if (failure instanceof EricException eric && eric.getCause() == null) {
      request.fail(eric.code(), eric.text());
      return;
    }
    logger.error("a command to {} failed", request.address(), failure);
    EricException shown =
        failure instanceof EricException eric
            ? eric
            : new UnavailableException("the hub failed to answer");
    request.fail(shown.code(), shown.text());
  }
}
