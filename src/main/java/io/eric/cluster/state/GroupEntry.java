package io.eric.cluster.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an entry of a group's Raft log says. */
public sealed interface GroupEntry {

  /**
   * Claims the group: its channels belong to this owner from here on, and what was decided under an
   * earlier claim is refused from here on. The number of a claim is the index of its entry.
   */
  record ClaimGroup(Owner owner) implements GroupEntry {}

  /**
   * Claims a channel that only one node can open, because its object exists only there.
   *
   * @param channel the channel's id; if there is no such channel, it is created
   * @param former the owner whose claim this one replaces, because it has released the channel or
   *     its process is over; {@code null} if the channel is unclaimed or new
   * @param created the place in the order of creation, if the channel is created
   * @param epoch the name of the log, if the channel is created
   */
  record ClaimChannel(
      String channel, Owner owner, @Nullable Owner former, long created, String epoch)
      implements GroupEntry {}

  /** Changes channels. Each section is applied or refused on its own. */
  record Batch(List<Section> sections) implements GroupEntry {}

  /**
   * Changes a channel that only one node can open. Its owner does not lead the group, so it may not
   * learn what became of an entry. The numbers let it append the entry again.
   *
   * @param claim the number of the claim under which the owner has the channel
   * @param number above the numbers of the owner's entries before it; one that is not is a
   *     repetition, which changes nothing
   * @param sections the channel's changes
   */
  record NumberedBatch(String channel, long claim, long number, List<Section> sections)
      implements GroupEntry {}
}
