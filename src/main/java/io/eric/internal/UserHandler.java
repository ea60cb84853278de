package io.eric.internal;

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
   * @param event what the handler gets; null if it is only told that something happened
   * @param stream the stream's name in the log
   */
  public static <E> void call(@Nullable Handler<E> handler, @Nullable E event, String stream) {
    if (handler == null) {
      return;
    }
    try {
      handler.handle(event);
    } catch (Throwable e) {
      logger.error("a handler of {} failed", stream, e);
    }
  }
}
