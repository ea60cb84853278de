package io.eric.log.indexed;

import io.eric.RepositoryException;
import io.eric.log.Epoch;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;

/**
 * Keeps logs in the heap: the default. Nothing outlives the log's {@linkplain MessageLog#close
 * closing}; a channel opened again has a new, empty log with an epoch of its own. All its futures
 * are completed when they are returned.
 *
 * <p>Safe for use by many channels at once.
 */
public final class MemoryStore implements MessageStore {

  private volatile boolean closed;

  private MemoryStore() {}

  /** A new store. */
  public static MemoryStore create() {
    return new MemoryStore();
  }

  @Override
  public Future<MessageLog> open(String channelId, RetentionOptions retention) {
    return closed
        ? Future.failedFuture(new RepositoryException("the store is closed", null))
        : Future.succeededFuture(ChannelLog.create(Epoch.random(), retention, new MemoryStorage()));
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return Future.succeededFuture();
  }
}
