package io.eric.cluster.state;

import io.eric.log.Entry;
import io.eric.log.MessageLog.KeptKey;
import io.eric.log.Registration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A channel as it was after some entry. It shares the messages with the state and copies the rest,
 * so it costs a reference for each message. Immutable, so safe for any thread.
 *
 * @param id the channel's id
 * @param created its place in the order of creation
 * @param term the index of the entry that created it or claimed it last
 * @param epoch the name of this life of its log
 * @param options its options in JSON; {@code null} if only its owner's node can open it
 * @param owner who claimed it, if only its node can open it
 * @param lastNumber the number of its owner's last entry, if only its node can open it
 * @param lastSequence the newest message's, kept or not; 0 if there never was one
 * @param dropped what each lane has lost, that of the broadcasts first
 * @param cursors listener to sequence
 * @param listeners in the order of their registration
 * @param keys the publishers' keys that are still known, oldest first
 * @param entries the messages that are kept, oldest first
 */
public record ChannelView(
    String id,
    long created,
    long term,
    String epoch,
    @Nullable String options,
    @Nullable Owner owner,
    long lastNumber,
    long lastSequence,
    List<Change.Drop> dropped,
    Map<String, Long> cursors,
    Map<String, Registration> listeners,
    List<KeptKey> keys,
    List<Entry> entries) {

  static ChannelView of(ReplicatedChannel channel) {
    List<Change.Drop> dropped = new ArrayList<>();
    addDropped(null, channel.broadcasts, dropped);
    channel.lanes.forEach((receiver, lane) -> addDropped(receiver, lane, dropped));
    return new ChannelView(
        channel.id,
        channel.created,
        channel.term,
        channel.epoch,
        channel.options,
        channel.owner,
        channel.lastNumber,
        channel.lastSequence,
        Collections.unmodifiableList(dropped),
        Collections.unmodifiableMap(new HashMap<>(channel.cursors)),
        Collections.unmodifiableMap(new LinkedHashMap<>(channel.listeners)),
        List.copyOf(channel.keys),
        Collections.unmodifiableList(channel.retained()));
  }

  private static void addDropped(@Nullable String receiver, Lane lane, List<Change.Drop> dropped) {
    if (lane.droppedThrough() > 0) {
      dropped.add(new Change.Drop(receiver, lane.droppedThrough(), lane.droppedThroughOverflow()));
    }
  }

  /** Returns the channel as a replica keeps it. */
  ReplicatedChannel restore() {
    ReplicatedChannel channel = new ReplicatedChannel(id, created, term, epoch, options);
    channel.owner = owner;
    channel.lastNumber = lastNumber;
    for (Change.Drop each : dropped) {
      channel.lane(each.receiver()).drop(each.through(), each.throughOverflow());
    }
    channel.cursors.putAll(cursors);
    channel.listeners.putAll(listeners);
    channel.keys.addAll(keys);
    entries.forEach(entry -> channel.lane(entry.receiver()).add(entry));
    channel.lastSequence = lastSequence;
    return channel;
  }
}
