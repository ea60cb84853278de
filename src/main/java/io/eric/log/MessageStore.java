package io.eric.log;

import io.vertx.core.Future;

/**
 * Where channels keep their logs: the place to plug in durability and replication. One store serves
 * all channels of a hub. Every implementation passes the same contract suite, in which the memory
 * store is the reference.
 */
public interface MessageStore {

  /**
   * Opens a channel's log, creating it if there is none. Called on the channel's context; the log
   * is used on that context only.
   *
   * @param channelId the channel
   * @param retention what stays and how far it may grow
   * @return the log; fails with {@link io.eric.RepositoryException} if the store cannot serve it
   */
  Future<MessageLog> open(String channelId, RetentionOptions retention);

  /** Releases what the store holds. Logs are closed before. */
  Future<Void> close();
}
