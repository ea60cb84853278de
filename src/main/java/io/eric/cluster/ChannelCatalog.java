package io.eric.cluster;

import io.eric.channel.internal.CreationOrder;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.Owner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps which channels the groups have, as far as this node has applied their logs. The node's loop
 * writes; any thread may read.
 */
final class ChannelCatalog {

  private final Map<String, Entry> byId = new ConcurrentHashMap<>();

  /** The channels of each group by id; for the loop alone. */
  private final Map<Integer, Map<String, Entry>> byGroup = new HashMap<>();

  private final CreationOrder order = new CreationOrder();

  /**
   * A channel that exists.
   *
   * @param group the number of its group
   * @param created its place in the order of creation
   * @param term the index of the entry that created it or claimed it last
   * @param epoch the name of this life of its log
   * @param isPinned whether only one node can open it, because its object is there
   * @param owner who claimed it, if it is pinned
   */
  record Entry(
      String id,
      int group,
      long created,
      long term,
      String epoch,
      boolean isPinned,
      @Nullable Owner owner) {

    static Entry of(int group, ChannelView channel) {
      return new Entry(
          channel.id(),
          group,
          channel.created(),
          channel.term(),
          channel.epoch(),
          channel.options() == null,
          channel.owner());
    }
  }

  /** Returns a channel; {@code null} if there is none. */
  @Nullable Entry get(String id) {
    return byId.get(id);
  }

  /** Returns all ids, in order of creation. */
  CreationOrder order() {
    return order;
  }

  /** Adds a channel, or replaces what was known of it. */
  void put(Entry entry) {
    byId.put(entry.id, entry);
    byGroup.computeIfAbsent(entry.group, none -> new LinkedHashMap<>()).put(entry.id, entry);
    order.add(entry.id, entry.created);
  }

  /** Removes a channel, if it is there. */
  void remove(String id) {
    Entry removed = byId.remove(id);
    if (removed != null) {
      byGroup.getOrDefault(removed.group, Map.of()).remove(id);
    }
    order.remove(id);
  }

  /** Returns the channels of a group. On the loop. */
  List<Entry> ofGroup(int group) {
    return List.copyOf(byGroup.getOrDefault(group, Map.of()).values());
  }

  /**
   * Replaces all channels of a group.
   *
   * @return the ids that are not there any more
   */
  List<String> replace(int group, Collection<Entry> entries) {
    Set<String> now = entries.stream().map(Entry::id).collect(Collectors.toUnmodifiableSet());
    List<String> gone = new ArrayList<>();
    for (Entry before : ofGroup(group)) {
      if (!now.contains(before.id)) {
        gone.add(before.id);
        remove(before.id);
      }
    }
    entries.forEach(this::put);
    return gone;
  }
}
