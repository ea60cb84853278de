package io.eric.log.internal;

import io.eric.Position;
import io.eric.log.Cursors;
import io.eric.log.Entry;
import io.eric.log.Gap;
import io.eric.log.MessageLog;
import io.eric.log.RetainedVisitor;
import io.eric.options.RetentionOptions;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the structure of a log in memory, and applies its retention. Where the contents are is up
 * to the store.
 *
 * <p>Every retained entry has a cell in one {@link RetainedEntries}, oldest to newest, and is in
 * the lane of its readers: the broadcasts, or the dispatches of one listener. A listener reads the
 * merge of two lanes, so dispatches to others cost it nothing. The newest entries, as many as fit
 * the history, are those from the <em>floor</em> on; an entry behind the floor stays only until the
 * listeners that it is for have read it.
 *
 * <p>An append, with everything that retention does about the entries later, takes O(1) amortised,
 * and a read O(log n + result). Memory is what the retained entries take, and a bounded amount per
 * listener.
 *
 * @param <T> what the index holds of an entry's content: the entry itself, or where to find it
 */
public final class LogIndex<T> {

  /** Is told of every entry that leaves the index. */
  @FunctionalInterface
  public interface Drops<T> {
    void dropped(long sequence, T content, boolean overflow);
  }

  /** How many runs of lost sequences are remembered for the broadcasts; they take 16 KiB. */
  private static final int BROADCAST_RUNS = 1024;

  /** How many runs of lost sequences are remembered per listener. */
  private static final int DISPATCH_RUNS = 8;

  /**
   * How many lanes one trim looks at in vain, because their listeners lag. The next trim begins
   * with other lanes.
   */
  private static final int PATIENCE = 16;

  private final String epoch;
  private final RetentionOptions retention;
  private final Drops<T> drops;

  /** Everything up to this sequence is gone. */
  private final long base;

  private final ReaderLane<T> broadcasts;
  private final Map<String, ReaderLane<T>> dispatches = new HashMap<>();

  /** How many broadcasts there were up to the cursors that listeners have committed. */
  private final Map<String, Mark> marks = new HashMap<>();

  /** Lanes of dispatches that may have entries behind the floor. */
  private final ArrayDeque<ReaderLane<T>> behindFloor = new ArrayDeque<>();

  private final RetainedEntries<T> all = new RetainedEntries<>();
  private int messages;
  private long bytes;
  private int historyMessages;
  private long historyBytes;
  private long lastSequence;
  private long lastTimestamp;

  /**
   * Creates an empty index.
   *
   * @param epoch the log's epoch, for the positions in gaps
   * @param base the sequence to go on after; 0 for a new log
   * @param retention what to keep
   * @param drops is told of every entry that is not kept any more
   */
  public LogIndex(String epoch, long base, RetentionOptions retention, Drops<T> drops) {
    this.epoch = epoch;
    this.retention = retention;
    this.drops = drops;
    this.base = base;
    this.lastSequence = base;
    this.broadcasts = new ReaderLane<>(null, new DroppedEntries(base, BROADCAST_RUNS), all);
  }

  public long lastSequence() {
    return lastSequence;
  }

  public long firstSequence() {
    return sequenceOrNext(all.first());
  }

  public MessageLog.Usage usage() {
    return new MessageLog.Usage(messages, bytes);
  }

  /** Returns how much of what is kept comes after a sequence. */
  public MessageLog.Usage usageAfter(long sequence) {
    return all.usageAfter(sequence);
  }

  public MessageLog.Usage usageOf(String listener) {
    ReaderLane<T> lane = dispatches.get(listener);
    return lane == null ? MessageLog.Usage.NONE : new MessageLog.Usage(lane.size(), lane.bytes());
  }

  public boolean isOverLimit() {
    return messages > retention.limitMessages() || bytes > retention.limitBytes();
  }

  /**
   * Notes, before there are entries, that nothing of a lane is left up to a sequence.
   *
   * @param receiver the listener whose lane it is; {@code null} for the broadcasts
   * @param through the last sequence that is lost
   * @param throughOverflow the last sequence that was lost as overflow; 0 if none was
   */
  public void restoreLost(@Nullable String receiver, long through, long throughOverflow) {
    ReaderLane<T> lane = receiver == null ? broadcasts : dispatches.get(receiver);
    if (lane == null) {
      lane = new ReaderLane<>(receiver, new DroppedEntries(base, DISPATCH_RUNS), all);
      dispatches.put(receiver, lane);
    }
    lane.lost.restore(through, throughOverflow);
    restoreLast(through);
  }

  /** Notes that the log has reached a sequence. */
  public void restoreLast(long sequence) {
    lastSequence = Math.max(lastSequence, sequence);
  }

  /** Visits all entries, oldest first. */
  public void forEach(RetainedVisitor<T> visitor) {
    all.forEach(
        cell ->
            visitor.visit(
                all.sequence(cell),
                all.timestamp(cell),
                all.lane(cell).receiver,
                all.size(cell),
                all.content(cell)));
  }

  /** Adds the next entry, whose sequence is above all earlier ones. */
  public void append(
      long sequence, long timestamp, @Nullable String receiver, int size, T content) {
    ReaderLane<T> lane = receiver == null ? broadcasts : dispatches.get(receiver);
    if (lane == null) {
      lane = new ReaderLane<>(receiver, new DroppedEntries(base, DISPATCH_RUNS), all);
      dispatches.put(receiver, lane);
    }
    lane.add(all.add(sequence, timestamp, size, lane, content), size);
    lastSequence = sequence;
    lastTimestamp = timestamp;
    messages++;
    bytes += size;
    historyMessages++;
    historyBytes += size;
    while (historyMessages > retention.historyMessages()
        || historyBytes > retention.historyBytes()) {
      if (!raiseFloor()) {
        break;
      }
    }
  }

  /** Returns whether a message or a gap for this listener follows a sequence. */
  public boolean hasAfter(long after, @Nullable String listener) {
    ReaderLane<T> own = laneOf(listener);
    return after < broadcasts.lastSequence() || (own != null && after < own.lastSequence());
  }

  /**
   * Returns what follows a sequence for this listener: at most {@code maxMessages}, and no more
   * once the sizes have reached {@code maxBytes}.
   */
  public Selection<T> read(long after, @Nullable String listener, int maxMessages, long maxBytes) {
    Selection<T> found = new Selection<>(after);
    ReaderLane<T> own = laneOf(listener);
    if (own != null) {
      own.noteReadThrough(after);
    }
    int broadcast = broadcasts.indexAfter(after);
    int dispatch = own == null ? 0 : own.indexAfter(after);
    while (found.size() == 0 || (found.size() < maxMessages && found.bytes() < maxBytes)) {
      int next =
          older(broadcasts.get(broadcast), own == null ? RetainedEntries.NONE : own.get(dispatch));
      Entry gap = gapBefore(next, found.through(), listener, own);
      if (gap != null) {
        found.add(gap);
      } else if (next != RetainedEntries.NONE) {
        found.add(all.sequence(next), all.size(next), all.content(next));
        if (all.lane(next) == broadcasts) {
          broadcast++;
        } else {
          dispatch++;
        }
      } else {
        break;
      }
    }
    if (!hasAfter(found.through(), listener)) {
      found.seenThrough(lastSequence);
    }
    return found;
  }

  /** Returns whether the oldest entry is for this listener and after its cursor. */
  public boolean oldestIsUnreadBy(String listener, long cursor) {
    int oldest = all.first();
    if (oldest == RetainedEntries.NONE || all.sequence(oldest) <= cursor) {
      return false;
    }
    String receiver = all.lane(oldest).receiver;
    return receiver == null || receiver.equals(listener);
  }

  /** Drops what retention no longer keeps. */
  public void trim(Cursors cursors, long now) {
    // Broadcasts are kept until the slowest listener has read them. Finding that listener costs a
    // look at every listener, so it is skipped when there are no broadcasts.
    long lowest = broadcasts.size() == 0 ? 0 : cursors.lowest();
    broadcasts.noteReadThrough(lowest);
    expire(cursors, now);
    for (int cell = all.floor();
        cell != RetainedEntries.NONE && now - all.timestamp(cell) > retention.historyAgeMs();
        cell = all.floor()) {
      raiseFloor();
    }
    dropBehindFloor(broadcasts, lowest);
    dropBehindFloor(cursors);
  }

  /** Drops the oldest entry, read or not, as overflow. */
  public void dropOldest() {
    int oldest = all.first();
    if (oldest != RetainedEntries.NONE) {
      drop(oldest, true);
    }
  }

  /** Drops the oldest dispatch to a listener, read or not, as overflow. */
  public void dropOldestOf(String listener) {
    ReaderLane<T> lane = dispatches.get(listener);
    if (lane != null && lane.size() > 0) {
      drop(lane.first(), true);
    }
  }

  /** Drops what was dispatched to a listener and all that is known about it. */
  public void forget(String listener) {
    marks.remove(listener);
    ReaderLane<T> lane = dispatches.remove(listener);
    while (lane != null && lane.size() > 0) {
      drop(lane.first(), false);
    }
  }

  /** Notes a listener's cursor, so that what it misses from there on can be counted. */
  public void noteCursor(String listener, long sequence) {
    long count = countUpTo(broadcasts, sequence, listener);
    if (count == DroppedEntries.UNKNOWN) {
      marks.remove(listener);
    } else {
      marks.put(listener, new Mark(sequence, count));
    }
    ReaderLane<T> lane = dispatches.get(listener);
    if (lane != null) {
      lane.noteReadThrough(sequence);
    }
  }

  private @Nullable ReaderLane<T> laneOf(@Nullable String listener) {
    return listener == null ? null : dispatches.get(listener);
  }

  private int older(int one, int other) {
    if (one == RetainedEntries.NONE || other == RetainedEntries.NONE) {
      return one == RetainedEntries.NONE ? other : one;
    }
    return all.sequence(one) < all.sequence(other) ? one : other;
  }

  /**
   * Returns the gap for what this listener has lost between a sequence and the next entry that is
   * kept for it; {@code null} if it has lost nothing there.
   */
  private @Nullable Entry gapBefore(
      int next, long after, @Nullable String listener, @Nullable ReaderLane<T> own) {
    long through = broadcasts.lost.through();
    long throughOverflow = broadcasts.lost.throughOverflow();
    if (own != null) {
      through = Math.max(through, own.lost.through());
      throughOverflow = Math.max(throughOverflow, own.lost.throughOverflow());
    }
    if (next != RetainedEntries.NONE) {
      through = Math.min(through, all.sequence(next) - 1);
    }
    if (after >= through) {
      return null;
    }
    Long missed = countBetween(after, through, listener, own);
    if (missed != null && missed == 0) {
      return null;
    }
    return new Gap(
            new Position(epoch, after + 1),
            new Position(epoch, through),
            missed,
            throughOverflow > after ? Gap.Reason.OVERFLOW : Gap.Reason.EXPIRED)
        .toEntry(lastTimestamp, listener);
  }

  private @Nullable Long countBetween(
      long after, long through, @Nullable String listener, @Nullable ReaderLane<T> own) {
    long broadcastsBefore = countUpTo(broadcasts, after, listener);
    long broadcastsThen = countUpTo(broadcasts, through, listener);
    long dispatchesBefore = own == null ? 0 : own.countUpTo(after);
    long dispatchesThen = own == null ? 0 : own.countUpTo(through);
    if (broadcastsBefore == DroppedEntries.UNKNOWN
        || broadcastsThen == DroppedEntries.UNKNOWN
        || dispatchesBefore == DroppedEntries.UNKNOWN
        || dispatchesThen == DroppedEntries.UNKNOWN) {
      return null;
    }
    return broadcastsThen - broadcastsBefore + dispatchesThen - dispatchesBefore;
  }

  /**
   * Counts a lane's entries up to a sequence, by what the lane knows, or else by what was noted for
   * this listener's cursor.
   */
  private long countUpTo(ReaderLane<T> lane, long sequence, @Nullable String listener) {
    long count = lane.countUpTo(sequence);
    Mark mark = count == DroppedEntries.UNKNOWN && listener != null ? marks.get(listener) : null;
    return mark != null && mark.sequence == sequence ? mark.broadcasts : count;
  }

  private void expire(Cursors cursors, long now) {
    if (retention.messageTtlMs() == 0) {
      return;
    }
    for (int cell = all.first();
        cell != RetainedEntries.NONE && now - all.timestamp(cell) > retention.messageTtlMs();
        cell = all.first()) {
      ReaderLane<T> lane = all.lane(cell);
      if (lane.receiver != null) {
        lane.noteReadThrough(cursors.of(lane.receiver));
      }
      drop(cell, false);
    }
  }

  /** Raises the floor past the oldest entry of the history; false if the history has none. */
  private boolean raiseFloor() {
    int from = all.floor();
    if (from == RetainedEntries.NONE) {
      return false;
    }
    historyMessages--;
    historyBytes -= all.size(from);
    all.raiseFloor();
    ReaderLane<T> lane = all.lane(from);
    if (lane != broadcasts && !lane.queued) {
      lane.queued = true;
      behindFloor.add(lane);
    }
    return true;
  }

  private long floorSequence() {
    return sequenceOrNext(all.floor());
  }

  /** Returns the sequence of the entry in a cell, or the next entry's sequence without a cell. */
  private long sequenceOrNext(int cell) {
    return cell == RetainedEntries.NONE ? lastSequence + 1 : all.sequence(cell);
  }

  private void dropBehindFloor(Cursors cursors) {
    int patience = PATIENCE;
    for (int left = behindFloor.size(); left > 0 && patience > 0; left--) {
      ReaderLane<T> lane = behindFloor.remove();
      lane.queued = false;
      if (lane.receiver == null || !isBehindFloor(lane)) {
        continue;
      }
      long read = cursors.of(lane.receiver);
      lane.noteReadThrough(read);
      if (all.sequence(lane.first()) > read) {
        patience--;
      }
      dropBehindFloor(lane, read);
      if (isBehindFloor(lane)) {
        lane.queued = true;
        behindFloor.add(lane);
      }
    }
  }

  private boolean isBehindFloor(ReaderLane<T> lane) {
    return lane.size() > 0 && all.sequence(lane.first()) < floorSequence();
  }

  private void dropBehindFloor(ReaderLane<T> lane, long read) {
    long last = Math.min(floorSequence() - 1, read);
    while (lane.size() > 0 && all.sequence(lane.first()) <= last) {
      drop(lane.first(), false);
    }
  }

  /** Drops an entry that is the first of its lane. */
  private void drop(int cell, boolean overflow) {
    long sequence = all.sequence(cell);
    int size = all.size(cell);
    T content = all.content(cell);
    if (sequence >= floorSequence()) {
      historyMessages--;
      historyBytes -= size;
    }
    all.lane(cell).dropFirst(overflow);
    all.remove(cell);
    messages--;
    bytes -= size;
    drops.dropped(sequence, content, overflow);
  }

  private record Mark(long sequence, long broadcasts) {}
}
