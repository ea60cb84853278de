package io.eric.log.file;

import io.eric.log.Registration;
import io.eric.log.indexed.ChannelLog;
import io.eric.log.indexed.LogRestoration;
import io.eric.options.RetentionOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the files say of one channel. Confined to recovery, then to the writer. */
final class ChannelState {

  /** How many keys are remembered: as many as a log returns. */
  private static final int MAX_KEYS = 10_000;

  final int number;
  final String id;
  String epoch;
  long lastSequence;
  final Map<String, Long> cursors = new HashMap<>();
  final Map<String, Registration> listeners = new LinkedHashMap<>();
  final DroppedMarks broadcasts = new DroppedMarks(null);
  final Map<String, DroppedMarks> lanes = new HashMap<>();

  /** Removed listeners whose dispatches may still be in old segments. */
  final Map<String, LogRecord.Forgotten> voids = new HashMap<>();

  /** The publishers' keys of the newest messages that have one, by sequence. */
  final TreeMap<Long, LogRecord.Key> keys = new TreeMap<>();

  /** The entries, while the log is not open. */
  List<Retained> retained = new ArrayList<>();

  /** The storage of the log, while the log is open. */
  @Nullable FileLogStorage open;

  ChannelState(int number, String id, String epoch) {
    this.number = number;
    this.id = id;
    this.epoch = epoch;
  }

  /** Returns the marks of the lane that an entry for this receiver joins. */
  DroppedMarks lane(@Nullable String receiver) {
    return receiver == null ? broadcasts : lanes.computeIfAbsent(receiver, DroppedMarks::new);
  }

  /** Remembers a publisher's key. */
  void addKey(String key, long sequence, long timestamp) {
    keys.put(sequence, new LogRecord.Key(number, key, sequence, timestamp));
    if (keys.size() > MAX_KEYS) {
      keys.pollFirstEntry();
    }
  }

  /** Takes an entry that was read from a segment. */
  void restore(
      long sequence,
      long timestamp,
      @Nullable String receiver,
      int size,
      Segment segment,
      int offset,
      int length) {
    lastSequence = Math.max(lastSequence, sequence);
    LogRecord.Forgotten gone = receiver == null ? null : voids.get(receiver);
    if (gone != null && sequence <= gone.through()) {
      return;
    }
    DroppedMarks lane = lane(receiver);
    if (lane.keeps(sequence)) {
      EntryLocation place = new EntryLocation(segment, offset, length, lane);
      retained.add(new Retained(sequence, timestamp, lane.receiver, size, place));
    }
  }

  void forget(String listener, long segment) {
    cursors.remove(listener);
    listeners.remove(listener);
    DroppedMarks lane = lanes.remove(listener);
    if (lane != null) {
      lane.forget();
      voids.put(listener, new LogRecord.Forgotten(number, listener, lastSequence, segment));
    }
  }

  /** Removes, while the log is not open, the entries that later records have made void. */
  void dropRetainedUnlessKept() {
    retained.removeIf(each -> !each.place().lane.keeps(each.sequence()));
  }

  /** Returns what each lane of the channel has lost. */
  List<LogRecord.Lost> lost() {
    List<LogRecord.Lost> lost = new ArrayList<>();
    addLost(broadcasts, lost);
    lanes.values().forEach(lane -> addLost(lane, lost));
    return lost;
  }

  private void addLost(DroppedMarks lane, List<LogRecord.Lost> lost) {
    long through = lane.through();
    if (through > 0) {
      lost.add(new LogRecord.Lost(number, lane.receiver, through, lane.throughOverflow()));
    }
  }

  /** Begins to restore the channel's log with everything that the files say of it. */
  LogRestoration<EntryLocation> restoration(RetentionOptions retention) {
    LogRestoration<EntryLocation> log = ChannelLog.restore(epoch, 0, retention);
    for (LogRecord.Lost lost : lost()) {
      log.lost(lost.receiver(), lost.through(), lost.throughOverflow());
    }
    for (Retained each : retained) {
      log.entry(each.sequence(), each.timestamp(), each.receiver(), each.size(), each.place());
    }
    for (LogRecord.Key key : keys.values()) {
      log.key(key.key(), key.sequence(), key.timestamp());
    }
    return log.last(lastSequence).committed(cursors).registered(listeners);
  }

  /**
   * Drops the entries in the segments up to this one, as overflow. An open log does so soon
   * afterwards, on its own context.
   */
  void dropThrough(long segment) {
    FileLogStorage storage = open;
    if (storage != null) {
      storage.dropThrough(segment);
      return;
    }
    retained.removeIf(
        each -> {
          EntryLocation place = each.place();
          if (place.segment.number > segment) {
            return false;
          }
          place.lane.dropped(each.sequence(), true);
          place.segment.live.decrementAndGet();
          return true;
        });
  }
}
