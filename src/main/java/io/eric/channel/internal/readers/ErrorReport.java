package io.eric.channel.internal.readers;

import io.eric.EricException;
import io.eric.Message;
import io.eric.Payload;
import io.eric.log.Entry;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;

/** Makes the {@code _eric_error} that stands for a message which could not be processed. */
public final class ErrorReport {

  /** The failure code of errors in a listener's own code, which are none of the hub's errors. */
  public static final int CODE = 500;

  private ErrorReport() {}

  /** Returns an entry at the message's place, with its sequence. */
  public static Entry inPlaceOf(Entry entry, String id, Throwable failure) {
    JsonObject payload =
        new JsonObject().put("error", name(failure)).put("message", text(failure)).put("id", id);
    return new Entry(
        entry.sequence(),
        entry.timestamp(),
        entry.receiver(),
        Message.ERROR,
        Payload.of(payload),
        entry.sender(),
        null);
  }

  private static String name(Throwable failure) {
    if (failure instanceof EricException eric) {
      return eric.name();
    }
    // The class names of users' exceptions would tell clients about the inside of the application.
    return failure instanceof ReplyException reply && reply.failureType() == ReplyFailure.TIMEOUT
        ? "Timeout"
        : "ListenerFailure";
  }

  private static String text(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? "the listener failed" : message;
  }
}
