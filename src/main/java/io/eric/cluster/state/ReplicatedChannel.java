package io.eric.cluster.state;

import io.eric.log.Entry;
import io.eric.log.MessageLog.KeptKey;
import io.eric.log.Registration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What every replica keeps of one channel. Confined to its {@link GroupState}. */
final class ReplicatedChannel {

  /** As many keys as docs/PROTOCOL.md section 1 promises to know. */
  static final int MAX_KEYS = 10_000;

  /** How old a key may be, in milliseconds: longer than repeats are recognised. */
  static final long KEYS_MS = 600_000;

  final String id;
  final long created;

  /** The index of the entry that created it or claimed it last: no two lives of an id share it. */
  long term;

  String epoch;
  final @Nullable String options;
  @Nullable Owner owner;

  /** The number of the owner's last entry under this claim, if only its node can open it. */
  long lastNumber;

  long lastSequence;
  final Map<String, Long> cursors = new HashMap<>();
  final Map<String, Registration> listeners = new LinkedHashMap<>();
  final Lane broadcasts = new Lane();
  final Map<String, Lane> lanes = new HashMap<>();
  final ArrayDeque<KeptKey> keys = new ArrayDeque<>();

  ReplicatedChannel(String id, long created, long term, String epoch, @Nullable String options) {
    this.id = id;
    this.created = created;
    this.term = term;
    this.epoch = epoch;
    this.options = options;
  }

  /** Returns whether only the node can open the channel that has its object. */
  boolean isPinned() {
    return options == null;
  }

  Lane lane(@Nullable String receiver) {
    return receiver == null ? broadcasts : lanes.computeIfAbsent(receiver, key -> new Lane());
  }

  /** Drops entries. A removed listener has no lane any more, and gets none by this. */
  void drop(Change.Drop drop) {
    Lane lane = drop.receiver() == null ? broadcasts : lanes.get(drop.receiver());
    if (lane != null) {
      lane.drop(drop.through(), drop.throughOverflow());
    }
  }

  void append(List<Entry> entries) {
    for (Entry entry : entries) {
      lane(entry.receiver()).add(entry);
      lastSequence = entry.sequence();
      if (entry.key() != null) {
        addKey(new KeptKey(entry.key(), entry.sequence(), entry.timestamp()));
      }
    }
  }

  /** Remembers a publisher's key; which ones are forgotten depends on the entries alone. */
  void addKey(KeptKey key) {
    keys.addLast(key);
    while (keys.size() > MAX_KEYS || keys.getFirst().timestamp() < key.timestamp() - KEYS_MS) {
      keys.removeFirst();
    }
  }

  void forget(String listener) {
    cursors.remove(listener);
    listeners.remove(listener);
    lanes.remove(listener);
  }

  /** Returns the retained entries, oldest first. */
  List<Entry> retained() {
    List<Entry> all = new ArrayList<>(broadcasts.entries);
    if (!lanes.isEmpty()) {
      lanes.values().forEach(lane -> all.addAll(lane.entries));
      all.sort(Comparator.comparingLong(Entry::sequence));
    }
    return all;
  }
}
