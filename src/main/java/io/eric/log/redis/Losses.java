package io.eric.log.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Knows which entries the log has dropped but Redis still has, and up to which sequence each lane
 * has lost entries, so that a reader that comes back to an earlier position is told. Most dropped
 * entries are older than everything that is kept, and are removed by trimming the front of the
 * stream; those between kept entries are removed one by one.
 *
 * <p>Its size is bounded: at most as many entries are to be removed as the log had, and there is
 * one lane per listener, and one for the broadcasts.
 */
final class Losses {

  /** Stands for the lane of the broadcasts. No receiver has this name, because none is empty. */
  static final String BROADCASTS = "";

  private final Map<String, Loss> losses = new HashMap<>();
  private final Set<String> changed = new HashSet<>();
  private TreeSet<Long> removed = new TreeSet<>();
  private boolean frontMoved;

  /** Notes that the log has dropped an entry. */
  void add(EntryReference place, boolean overflow, long firstKept) {
    if (place.sequence() < firstKept) {
      frontMoved = true;
    } else {
      removed.add(place.sequence());
    }
    String lane = place.receiver() == null ? BROADCASTS : place.receiver();
    Loss before = losses.get(lane);
    long sequence = place.sequence();
    long overflowed = overflow ? sequence : before == null ? 0 : before.throughOverflow;
    losses.put(lane, new Loss(sequence, overflowed));
    changed.add(lane);
  }

  /** Forgets what a listener has lost, because the listener was removed. */
  void forget(String receiver) {
    losses.remove(receiver);
    changed.add(receiver);
  }

  boolean isEmpty() {
    return !frontMoved && removed.isEmpty() && changed.isEmpty();
  }

  /** Puts back a loss that is saved already. */
  void restore(String lane, Loss loss) {
    losses.put(lane, loss);
  }

  /** Makes the next save contain everything, because Redis may have an older state. */
  void saveAll() {
    frontMoved = true;
    changed.addAll(losses.keySet());
  }

  /**
   * Returns what is to be saved now, and regards it as saved. If the save fails, call {@link
   * #failed}.
   */
  Batch take(long firstKept) {
    Map<String, String> lanes = new HashMap<>();
    for (String lane : changed) {
      Loss loss = losses.get(lane);
      lanes.put(lane, loss == null ? "" : loss.toString());
    }
    Batch batch = new Batch(lanes, new ArrayList<>(removed.tailSet(firstKept, true)));
    changed.clear();
    removed = new TreeSet<>();
    frontMoved = false;
    return batch;
  }

  /** Notes that a batch was not saved, so that it will be saved again. */
  void failed(Batch batch) {
    frontMoved = true;
    changed.addAll(batch.lanes.keySet());
    removed.addAll(batch.removed);
  }

  /**
   * What one lane has lost.
   *
   * @param through the last lost sequence: nothing of the lane up to there is kept
   * @param throughOverflow the last sequence lost as overflow, 0 if there is none
   */
  record Loss(long through, long throughOverflow) {

    static Loss parse(String text) {
      int space = text.indexOf(' ');
      return new Loss(
          Long.parseLong(text.substring(0, space)), Long.parseLong(text.substring(space + 1)));
    }

    @Override
    public String toString() {
      return through + " " + throughOverflow;
    }
  }

  /**
   * The content of one save.
   *
   * @param lanes what each lane has lost; empty text if that is to be forgotten
   * @param removed the sequences to remove from between kept entries
   */
  record Batch(Map<String, String> lanes, List<Long> removed) {}
}
