package io.eric.channel;

import io.eric.Entry;
import io.vertx.core.Future;

/** A listener's own {@code onMessage}, called before a message is yielded. */
@FunctionalInterface
interface MessageHook {

  /** Completed when {@code onMessage} is done; failed if it failed. */
  Future<Void> onMessage(Entry entry);
}
