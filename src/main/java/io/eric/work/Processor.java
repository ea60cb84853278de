package io.eric.work;

import io.eric.Message;
import org.jspecify.annotations.Nullable;

/**
 * Processes the messages of a {@link DataProcessingChannel}. It is called on the threads of an
 * executor, on several at once, so it may block and must be thread-safe.
 */
@FunctionalInterface
public interface Processor {

  /**
   * Processes one message. It may be called again for the same {@link Message#id()}, for instance
   * after a worker has died.
   *
   * @return the payload of the result: any JSON value, or a {@link io.vertx.core.Future} of one
   * @throws Exception if the message cannot be processed; its result is then an {@code _eric_error}
   */
  @Nullable Object process(Message message) throws Exception;
}
