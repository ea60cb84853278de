package io.eric.log.indexed;

import io.eric.RepositoryException;
import io.eric.log.Epoch;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;

/**
 * Keeps logs in the heap, which is the default. A log is lost when it is {@linkplain
 * MessageLog#close closed}; a channel that is opened again has a new, empty log with a new epoch.
 * All futures of the store and its logs are completed when they are returned.
 *
 * <p>Safe for any thread and for many channels at once. A log is for the context of its channel.
 */
public final class MemoryStore implements MessageStore {

  private volatile boolean closed;

  private MemoryStore() {}

  /** Creates a store without logs. */
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
