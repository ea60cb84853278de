package io.eric.work;

import io.eric.Message;
import org.jspecify.annotations.Nullable;

/**
 * The work that is done on each message of a {@link DataProcessingChannel}. Called on the threads
 * of an executor, several at once, so it may block and must be thread-safe.
 */
@FunctionalInterface
public interface Processor {

  /**
   * Processes one message; called again for the same {@link Message#id()} if a worker has died.
   *
   * @return what takes the place of the payload in the result, any JSON value, or a {@link
   *     io.vertx.core.Future} of it
   * @throws Exception if the message cannot be processed: its result is an {@code _eric_error}
   */
  @Nullable Object process(Message message) throws Exception;
}
