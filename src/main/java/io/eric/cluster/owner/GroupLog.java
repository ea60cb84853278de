package io.eric.cluster.owner;

import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.Verdict;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The log of a group, as its leader writes to it. */
public interface GroupLog {

  /**
   * Appends an entry. Entries take effect in the order of the calls. This may block, so it must not
   * be called on an event loop.
   *
   * @return what became of each section, on any thread, when the entry is in the logs of a majority
   *     and applied here. If it fails, the outcome is unknown: the entry may still take effect
   */
  CompletionStage<List<Verdict>> append(EncodedEntry entry);
}
