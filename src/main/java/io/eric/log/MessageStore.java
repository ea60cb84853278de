package io.eric.log;

import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /**
   * The channels that were {@linkplain #define defined} and whose logs were not {@linkplain
   * MessageLog#delete deleted} since, in the order of their first definition: those to make again
   * when a hub starts. A store that forgets with the process has none, which is what the default
   * does.
   *
   * @return fails with {@link io.eric.RepositoryException}
   */
  default Future<List<ChannelDefinition>> definitions() {
    return Future.succeededFuture(List.of());
  }

  /**
   * Keeps a channel's definition, in place of an earlier one of the same id, until the channel's
   * log is deleted. Called after {@link #open}. The default does nothing.
   *
   * @return completed, on the caller's context, when the definition is as durable as an append;
   *     fails with {@link io.eric.RepositoryException}
   */
  default Future<Void> define(ChannelDefinition definition) {
    return Future.succeededFuture();
  }

  /**
   * What keeps the store from taking messages at this moment, for operators; {@code null}, which is
   * the default, if nothing is known to. Safe from any thread.
   */
  default @Nullable String problem() {
    return null;
  }

  /** Releases what the store holds. Logs are closed before. */
  Future<Void> close();
}
