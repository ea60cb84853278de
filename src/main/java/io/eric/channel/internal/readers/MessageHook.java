package io.eric.channel.internal.readers;

import io.eric.log.Entry;
import io.vertx.core.Future;

/** A listener's own {@code onMessage}, called before a message is yielded. */
@FunctionalInterface
public interface MessageHook {

  /** Completed when {@code onMessage} is done; failed if it failed. */
  Future<Void> onMessage(Entry entry);
}
