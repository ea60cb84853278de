package io.eric.cluster.state;

/**
 * Hears what entries change in the set of a group's channels and in who owns them, once they are
 * applied here. Calls come in the order of the log, on the thread that applies it, so they must
 * neither block nor throw. A state that is handed over must not be kept: later entries change it.
 */
public interface GroupObserver {

  /**
   * The group has been claimed: {@link GroupState#claim()} and {@link GroupState#owner()} are new.
   */
  void claimed(GroupState state);

  /** A channel has been created, or claimed by the only node that can open it. */
  void channelChanged(ChannelView channel);

  /** A channel has been deleted. */
  void deleted(String channel);

  /** The state was replaced as a whole, at start or because this replica was far behind. */
  void restored(GroupState state);
}
