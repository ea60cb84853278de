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

/** How commands are answered on the event bus, docs/PROTOCOL.md section 5. */
public final class BusReply {

  private static final Logger logger = LoggerFactory.getLogger(BusReply.class);

  /**
   * Failure code of a channel that has another owner by now: nothing was done, ask again. Clients
   * of the bus see it as an {@code Unavailable}.
   */
  public static final int MOVED = 421;

  /** The result of a command that has none of its own. */
  public static final String ACK = "ack";

  /**
   * How Vert.x begins its answer, by the type a time-out, to a request that waited in the queue of
   * somebody who left the address.
   */
  private static final String DISCARDED = "Discarded the request.";

  private BusReply() {}

  /**
   * Whether nobody stood at the address of a failed request, or whoever stood there left before the
   * request was taken: nobody has seen it.
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
   * Whether a failed request to a channel has certainly not been handled, so it may be repeated.
   */
  public static boolean isUnhandled(Throwable failure) {
    return hadNoHandler(failure)
        || (failure instanceof ReplyException reply && reply.failureCode() == MOVED);
  }

  /** What a request fails with that a channel has left unhandled because it moves. */
  public static ReplyException moved() {
    return new ReplyException(
        ReplyFailure.RECIPIENT_FAILURE,
        MOVED,
        new UnavailableException("the channel is moving").text());
  }

  /** A result, wrapped. */
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
   * Answers with the code and text of docs/PROTOCOL.md section 2. A failure that is not ours is
   * logged, and the caller only learns that there was one.
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
