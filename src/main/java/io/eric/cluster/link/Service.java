package io.eric.cluster.link;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** Answers what other nodes ask under one name. */
@FunctionalInterface
public interface Service {

  /**
   * Answers. Called on the context of {@link NodeLinks}, in the order in which a node has asked, so
   * it must not block.
   *
   * @param from the node that asks
   * @return the answer; a {@code ReplyException} or an {@code EricException} reaches the asker with
   *     its code and text, any other failure as {@code ReplyFailure.ERROR} without its text
   */
  Future<Buffer> answer(String from, Buffer question);
}
