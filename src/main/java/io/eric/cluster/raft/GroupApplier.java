package io.eric.cluster.raft;

import io.eric.cluster.state.Change;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.GroupEntry;
import io.eric.cluster.state.GroupEntry.Batch;
import io.eric.cluster.state.GroupEntry.ClaimChannel;
import io.eric.cluster.state.GroupEntry.ClaimGroup;
import io.eric.cluster.state.GroupEntry.NumberedBatch;
import io.eric.cluster.state.GroupObserver;
import io.eric.cluster.state.GroupState;
import io.eric.cluster.state.GroupView;
import io.eric.cluster.state.Section;
import io.eric.cluster.state.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies entries to the state of a group and tells the observer what they have changed. One thread
 * applies; any other may look at a channel between two entries.
 */
final class GroupApplier {

  private final GroupState state = new GroupState();
  private final GroupObserver observer;

  GroupApplier(GroupObserver observer) {
    this.observer = observer;
  }

  /**
   * Applies an entry.
   *
   * @param index its index in the log
   * @return what became of each section, or of the claim
   */
  synchronized List<Verdict> apply(long index, GroupEntry entry) {
    if (entry instanceof Batch batch) {
      return told(batch.sections(), state.apply(index, batch));
    }
    if (entry instanceof NumberedBatch batch) {
      return told(batch.sections(), state.apply(index, batch));
    }
    if (entry instanceof ClaimGroup claim) {
      state.apply(index, claim);
      observer.claimed(state);
      return List.of(Verdict.APPLIED);
    }
    if (entry instanceof ClaimChannel claim) {
      Verdict verdict = state.apply(index, claim);
      if (verdict == Verdict.APPLIED) {
        tellChanged(claim.channel());
      }
      return List.of(verdict);
    }
    throw new IllegalArgumentException("unknown " + entry);
  }

  private List<Verdict> told(List<Section> sections, List<Verdict> verdicts) {
    for (int i = 0; i < verdicts.size(); i++) {
      if (verdicts.get(i) == Verdict.APPLIED) {
        tell(sections.get(i));
      }
    }
    return verdicts;
  }

  private void tell(Section section) {
    for (Change change : section.changes()) {
      if (change instanceof Change.Create) {
        tellChanged(section.channel());
      } else if (change instanceof Change.Delete) {
        observer.deleted(section.channel());
      }
    }
  }

  private void tellChanged(String channel) {
    ChannelView view = state.view(channel);
    if (view != null) { // it is null if the same entry deletes the channel again
      observer.channelChanged(view);
    }
  }

  /** Replaces the state by that of a snapshot. */
  synchronized void restore(GroupView view) {
    state.restore(view);
    observer.restored(state);
  }

  /** Returns the group as it is now. */
  synchronized GroupView view() {
    return state.view();
  }

  /** Returns a channel as it is now; null if there is none. */
  synchronized @Nullable ChannelView channel(String id) {
    return state.view(id);
  }
}
