package io.eric.internal;

import io.eric.EricException;
import io.vertx.core.Handler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the handlers that a user sets on a stream. The stream's own work goes on after a call, so
 * that an exception of the user's code must not reach the stream.
 */
public final class UserHandler {

  private static final Logger logger = LoggerFactory.getLogger(UserHandler.class);

  private UserHandler() {}

  /**
   * Calls a handler, if there is one. Whatever it throws is logged: errors too, because a failed
   * assertion is one.
   *
   * @param stream the stream's name in the log
   */
  public static <E> void call(@Nullable Handler<E> handler, E event, String stream) {
    if (handler != null) {
      run(() -> handler.handle(event), stream);
    }
  }

  /** As {@link #call(Handler, Object, String)}, for a handler of an event without a value. */
  public static void call(@Nullable Handler<Void> handler, String stream) {
    if (handler != null) {
      run(() -> handler.handle(null), stream);
    }
  }

  /**
   * Gives a stream's failure to its exception handler. Without a handler the failure is logged,
   * because otherwise a stream that never opens would look like one without messages.
   */
  public static void fail(@Nullable Handler<Throwable> handler, Throwable failure, String stream) {
    if (handler == null) {
      logger.warn(
          "{}: failed, and no exception handler is set: {}",
          stream,
          failure instanceof EricException known ? known.text() : failure.toString());
    } else {
      call(handler, failure, stream);
    }
  }

  private static void run(Runnable call, String stream) {
    try {
      call.run();
    } catch (Throwable e) {
      logger.error("a handler of {} failed", stream, e);
    }
  }
}
