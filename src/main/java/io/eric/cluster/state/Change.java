package io.eric.cluster.state;

import io.eric.log.Entry;
import io.eric.log.Registration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One change of a replicated channel. Immutable, provided that its lists and maps are. */
public sealed interface Change {

  /**
   * Creates the channel.
   *
   * @param created the place in the order of creation: the owner's time in milliseconds since 1970
   * @param epoch the name of this life of the channel's log
   * @param options the channel's options in JSON; {@code null} for a channel of a class of its own,
   *     which only the node can open that has the object
   */
  record Create(long created, String epoch, @Nullable String options) implements Change {}

  /**
   * Appends messages.
   *
   * @param entries consecutive sequences that start right after the channel's last one; not empty
   */
  record Append(List<Entry> entries) implements Change {}

  /**
   * Drops the oldest entries of a lane.
   *
   * @param receiver the listener whose dispatches are dropped; {@code null} for the broadcasts
   * @param through the last sequence that is dropped
   * @param throughOverflow the last one that was dropped as overflow, 0 if none was
   */
  record Drop(@Nullable String receiver, long through, long throughOverflow) implements Change {}

  /**
   * Moves cursors.
   *
   * @param cursors listener to sequence; listeners that are not in it keep their cursors
   */
  record MoveCursors(Map<String, Long> cursors) implements Change {}

  /** Registers a listener, or replaces its registration; it keeps its place in the order. */
  record Register(String listener, Registration registration) implements Change {}

  /** Removes a listener with everything that was dispatched to it. */
  record Forget(String listener) implements Change {}

  /** Gives the log another name, because content of it was lost. */
  record Rename(String epoch) implements Change {}

  /** Deletes the channel. */
  record Delete() implements Change {}
}
