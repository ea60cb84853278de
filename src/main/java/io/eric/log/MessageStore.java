package io.eric.log;

import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where channels keep their logs: the interface by which durability and replication are plugged in.
 * One store serves all channels of a hub, so it is used on many contexts at once. Every
 * implementation passes the same contract suite, for which the memory store is the reference.
 */
public interface MessageStore {

  /**
   * Opens a channel's log, creating it if there is none. Called on the channel's context; the log
   * is used on that context only.
   *
   * @param channelId the channel
   * @param retention what the log keeps, and how far it may grow
   * @return the log, on the caller's context; fails with an {@link io.eric.EricException}, mostly a
   *     {@link io.eric.RepositoryException}, if the store cannot serve it
   */
  Future<MessageLog> open(String channelId, RetentionOptions retention);

  /**
   * Returns the channels that were {@linkplain #define defined} and whose logs were not {@linkplain
   * MessageLog#delete deleted} since, in the order of their first definition. A hub creates them
   * again when it starts. The default has none, which suits a store whose contents end with the
   * process.
   *
   * @return the definitions, on the caller's context; fails with an {@link io.eric.EricException}
   */
  default Future<List<ChannelDefinition>> definitions() {
    return Future.succeededFuture(List.of());
  }

  /**
   * Keeps a channel's definition, in place of an earlier one of the same id, until the channel's
   * log is deleted. Called after {@link #open}. The default does nothing.
   *
   * @return completes, on the caller's context, when the definition is as durable as an append;
   *     fails with an {@link io.eric.EricException}
   */
  default Future<Void> define(ChannelDefinition definition) {
    return Future.succeededFuture();
  }

  /**
   * Returns, for operators, what keeps the store from taking messages at this moment; {@code null},
   * which is the default, if no problem is known. Safe from any thread.
   */
  default @Nullable String problem() {
    return null;
  }

  /** Releases the store's resources. The hub closes all logs first. */
  Future<Void> close();
}
