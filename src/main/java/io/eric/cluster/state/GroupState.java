package io.eric.cluster.state;

import io.eric.cluster.state.GroupEntry.Batch;
import io.eric.cluster.state.GroupEntry.ClaimChannel;
import io.eric.cluster.state.GroupEntry.ClaimGroup;
import io.eric.cluster.state.GroupEntry.NumberedBatch;
import io.eric.log.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a replica knows of a group's channels after a prefix of the group's log. Two replicas that
 * have applied the same entries are equal. Not thread-safe: it belongs to the thread that applies.
 */
public final class GroupState {

  /** No claim has been made yet; real claims have the index of their entry, which is above 0. */
  public static final long NO_CLAIM = 0;

  private final Map<String, ReplicatedChannel> channels = new LinkedHashMap<>();
  private long claim = NO_CLAIM;
  private @Nullable Owner owner;

  /** Returns the number of the group's last claim. */
  public long claim() {
    return claim;
  }

  /** Returns who made the group's last claim; {@code null} before the first one. */
  public @Nullable Owner owner() {
    return owner;
  }

  /**
   * Claims the group.
   *
   * @param index the entry's index in the log, which becomes the claim's number
   */
  public void apply(long index, ClaimGroup entry) {
    claim = index;
    owner = entry.owner();
  }

  /**
   * Claims a channel.
   *
   * @param index the entry's index in the log, which becomes the claim's number
   */
  public Verdict apply(long index, ClaimChannel entry) {
    ReplicatedChannel channel = channels.get(entry.channel());
    if (channel == null) {
      channel = new ReplicatedChannel(entry.channel(), entry.created(), index, entry.epoch(), null);
      channels.put(channel.id, channel);
    } else if (!channel.isPinned()) {
      return Verdict.EXISTS;
    } else if (channel.owner != null && !channel.owner.equals(entry.former())) {
      return Verdict.STALE;
    }
    channel.owner = entry.owner();
    channel.term = index;
    channel.lastNumber = 0;
    return Verdict.APPLIED;
  }

  /**
   * Changes channels.
   *
   * @param index the entry's index in the log
   * @return what became of each section
   */
  public List<Verdict> apply(long index, Batch entry) {
    return apply(index, entry.sections());
  }

  /**
   * Changes a channel that only one node can open, unless this is a repetition.
   *
   * @param index the entry's index in the log
   * @return what became of each section
   */
  public List<Verdict> apply(long index, NumberedBatch entry) {
    ReplicatedChannel channel = channels.get(entry.channel());
    if (channel == null || !channel.isPinned() || channel.term != entry.claim()) {
      return Collections.nCopies(entry.sections().size(), Verdict.STALE);
    } else if (entry.number() <= channel.lastNumber) {
      return Collections.nCopies(entry.sections().size(), Verdict.REPEATED);
    }
    List<Verdict> verdicts = apply(index, entry.sections());
    if (verdicts.stream().allMatch(each -> each == Verdict.APPLIED)) {
      channel.lastNumber = entry.number(); // what was refused may not pass for a repetition
    }
    return verdicts;
  }

  private List<Verdict> apply(long index, List<Section> sections) {
    List<Verdict> verdicts = new ArrayList<>(sections.size());
    for (Section section : sections) {
      verdicts.add(apply(index, section));
    }
    return verdicts;
  }

  private Verdict apply(long index, Section section) {
    ReplicatedChannel channel = channels.get(section.channel());
    if (section.claim() != claimOf(channel)) {
      return Verdict.STALE;
    }
    Verdict verdict = check(channel, section.changes());
    if (verdict == Verdict.APPLIED) {
      for (Change change : section.changes()) {
        apply(index, section.channel(), change);
      }
    }
    return verdict;
  }

  /** Returns the claim under which a channel, or a new one, may be changed. */
  private long claimOf(@Nullable ReplicatedChannel channel) {
    return channel != null && channel.isPinned() ? channel.term : claim;
  }

  /** Says what keeps a section from being applied, before any of it is. */
  private static Verdict check(@Nullable ReplicatedChannel channel, List<Change> changes) {
    boolean exists = channel != null;
    long last = channel == null ? 0 : channel.lastSequence;
    for (Change change : changes) {
      if (change instanceof Change.Create) {
        if (exists) {
          return Verdict.EXISTS;
        }
        exists = true;
        last = 0;
      } else if (!exists) {
        return Verdict.UNKNOWN;
      } else if (change instanceof Change.Append append) {
        for (Entry entry : append.entries()) {
          if (entry.sequence() != ++last) {
            return Verdict.OUT_OF_ORDER;
          }
        }
      } else if (change instanceof Change.Delete) {
        exists = false;
      }
    }
    return Verdict.APPLIED;
  }

  private void apply(long index, String id, Change change) {
    if (change instanceof Change.Create create) {
      channels.put(
          id, new ReplicatedChannel(id, create.created(), index, create.epoch(), create.options()));
      return;
    }
    ReplicatedChannel channel = channel(id);
    if (change instanceof Change.Append append) {
      channel.append(append.entries());
    } else if (change instanceof Change.Drop drop) {
      channel.drop(drop);
    } else if (change instanceof Change.MoveCursors moved) {
      channel.cursors.putAll(moved.cursors());
    } else if (change instanceof Change.Register register) {
      channel.listeners.put(register.listener(), register.registration());
    } else if (change instanceof Change.Forget forget) {
      channel.forget(forget.listener());
    } else if (change instanceof Change.Rename rename) {
      channel.epoch = rename.epoch();
    } else if (change instanceof Change.Delete) {
      channels.remove(id);
    } else {
      throw new IllegalArgumentException("unknown " + change);
    }
  }

  private ReplicatedChannel channel(String id) {
    ReplicatedChannel channel = channels.get(id);
    if (channel == null) {
      throw new IllegalStateException("channel " + id + " passed the check and is not there");
    }
    return channel;
  }

  /** Returns a view of a channel that later changes do not reach; null if there is none. */
  public @Nullable ChannelView view(String id) {
    ReplicatedChannel channel = channels.get(id);
    return channel == null ? null : ChannelView.of(channel);
  }

  /** Returns a view of the group that later entries do not reach. */
  public GroupView view() {
    return new GroupView(claim, owner, channels.values().stream().map(ChannelView::of).toList());
  }

  /** Makes this the group of a view, in place of what it was. */
  public void restore(GroupView view) {
    channels.clear();
    view.channels().forEach(channel -> channels.put(channel.id(), channel.restore()));
    claim = view.claim();
    owner = view.owner();
  }
}
