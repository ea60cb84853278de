package io.eric.channel.internal.readers;

import io.eric.log.Entry;
import io.vertx.core.Future;

/** A listener's own {@code onMessage}, called before a message is yielded. */
@FunctionalInterface
public interface MessageHook {

  /** Calls {@code onMessage}. The future completes when that is done, and fails if it failed. */
  Future<Void> onMessage(Entry entry);
}
