package io.eric.log.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the index does not hold any more and Redis still does, and for each lane up to where it was,
 * so that a reader that comes back from before it is told. Most of it is older than all that is
 * kept, and goes with the trimming of the stream's front; what lies between kept entries is removed
 * one by one.
 *
 * <p>Bounded: what is to be removed is at most what the index held, and a lane is a listener's, or
 * the broadcasts'.
 */
final class Losses {

  /** In place of a receiver, which is never empty, for the broadcasts. */
  static final String BROADCASTS = "";

  private final Map<String, Loss> losses = new HashMap<>();
  private final Set<String> changed = new HashSet<>();
  private TreeSet<Long> removed = new TreeSet<>();
  private boolean frontMoved;

  /** An entry left the index. */
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

  /** A listener is gone, and what it lost is nobody's business any more. */
  void forget(String receiver) {
    losses.remove(receiver);
    changed.add(receiver);
  }

  boolean isEmpty() {
    return !frontMoved && removed.isEmpty() && changed.isEmpty();
  }

  /** Puts back what is saved already. */
  void restore(String lane, Loss loss) {
    losses.put(lane, loss);
  }

  /** Everything is to be saved again: Redis may have an older state. */
  void saveAll() {
    frontMoved = true;
    changed.addAll(losses.keySet());
  }

  /** What is to be saved now; {@link #failed} if that fails. */
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

  /** Has to be saved again. */
  void failed(Batch batch) {
    frontMoved = true;
    changed.addAll(batch.lanes.keySet());
    removed.addAll(batch.removed);
  }

  /**
   * What one lane has lost.
   *
   * @param through up to here all of it
   * @param throughOverflow the last one by overflow, 0 if there is none
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
   * One save.
   *
   * @param lanes what each lane has lost, empty if that is to be forgotten
   * @param removed what to remove from between kept entries
   */
  record Batch(Map<String, String> lanes, List<Long> removed) {}
}
