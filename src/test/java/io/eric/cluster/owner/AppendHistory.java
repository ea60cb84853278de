package io.eric.cluster.owner;

import io.eric.cluster.owner.SimulatedReplica.Item;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.GroupEntry;
import io.eric.cluster.state.GroupEntry.Batch;
import io.eric.cluster.state.GroupEntry.ClaimGroup;
import io.eric.cluster.state.GroupEntryCodec;
import io.eric.cluster.state.GroupView;
import io.eric.cluster.state.Section;
import io.eric.log.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was committed and what was acknowledged, and whether they fit. It reads the log with rules
 * of its own, so it does not believe the state that the replicas make of it.
 */
final class AppendHistory {

  /** The committed entries by index, as they were applied first. */
  private final TreeMap<Long, Item> log = new TreeMap<>();

  private final List<Acknowledged> acknowledged = new ArrayList<>();
  private final List<String> faults;

  /**
   * An answer to a publisher.
   *
   * @param claim the claim of the tenure that answered
   * @param begun when the publisher sent the message for the first time, in nanoseconds
   */
  record Acknowledged(
      String channel, String key, long sequence, long claim, long begun, long ended) {}

  /** A message that the log has, under this claim. */
  private record Kept(String key, long claim) {}

  AppendHistory(List<String> faults) {
    this.faults = faults;
  }

  void applied(long index, Item item) {
    Item before = log.putIfAbsent(index, item);
    if (before != null
        && (before.term() != item.term() || !Arrays.equals(before.entry(), item.entry()))) {
      throw new IllegalStateException("the simulated log is wrong: two entries at " + index);
    }
  }

  void acknowledged(Acknowledged answer) {
    acknowledged.add(answer);
  }

  int size() {
    return acknowledged.size();
  }

  /** How many claims were committed. */
  long claims() {
    return log.values().stream()
        .filter(item -> item.entry() != null)
        .filter(item -> GroupEntryCodec.read(item.entry()) instanceof ClaimGroup)
        .count();
  }

  // ---- the log as it has to be understood

  private Map<String, List<Kept>> messages() {
    Map<String, List<Kept>> channels = new LinkedHashMap<>();
    long claim = 0;
    for (Map.Entry<Long, Item> each : log.entrySet()) {
      byte[] bytes = each.getValue().entry();
      if (bytes == null) {
        continue;
      }
      GroupEntry entry = GroupEntryCodec.read(bytes);
      if (entry instanceof ClaimGroup) {
        claim = each.getKey();
      } else {
        for (Section section : ((Batch) entry).sections()) {
          if (section.claim() == claim) {
            section.changes().forEach(change -> add(channels, section, change));
          }
        }
      }
    }
    return channels;
  }

  private static void add(Map<String, List<Kept>> channels, Section section, Change change) {
    if (change instanceof Change.Create) {
      channels.putIfAbsent(section.channel(), new ArrayList<>());
    } else if (change instanceof Change.Delete) {
      channels.remove(section.channel());
    } else if (change instanceof Change.Append append && channels.containsKey(section.channel())) {
      List<Kept> kept = channels.get(section.channel());
      List<Entry> entries = append.entries();
      if (entries.get(0).sequence() == kept.size() + 1) {
        entries.forEach(entry -> kept.add(new Kept(entry.key(), section.claim())));
      }
    }
  }

  // ---- checks

  /** Notes all that does not fit. */
  void check() {
    Map<String, List<Kept>> channels = messages();
    channels.forEach(this::checkOnce);
    acknowledged.forEach(each -> checkKept(each, channels.getOrDefault(each.channel, List.of())));
    checkPositions();
    channels.keySet().forEach(this::checkOrderOfTime);
    channels.forEach(this::checkOrderOfPublishers);
  }

  private void checkOnce(String channel, List<Kept> kept) {
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < kept.size(); i++) {
      Integer before = places.put(kept.get(i).key, i + 1);
      if (before != null) {
        faults.add(kept.get(i).key + " is in " + channel + " at " + before + " and " + (i + 1));
      }
    }
  }

  private void checkKept(Acknowledged answer, List<Kept> kept) {
    if (answer.sequence > kept.size()
        || !kept.get((int) answer.sequence - 1).key.equals(answer.key)) {
      faults.add("acknowledged and not in the log: " + answer);
    } else if (kept.get((int) answer.sequence - 1).claim > answer.claim) {
      faults.add("acknowledged by a former owner: " + answer);
    }
  }

  private void checkPositions() {
    Map<String, String> keys = new HashMap<>();
    Map<String, Long> sequences = new HashMap<>();
    for (Acknowledged each : acknowledged) {
      String key = keys.putIfAbsent(each.channel + " " + each.sequence, each.key);
      if (key != null && !key.equals(each.key)) {
        faults.add("a position acknowledged twice, for " + key + " and " + each);
      }
      Long sequence = sequences.putIfAbsent(each.channel + " " + each.key, each.sequence);
      if (sequence != null && sequence != each.sequence) {
        faults.add("two positions acknowledged, " + sequence + " and " + each);
      }
    }
  }

  /** What was acknowledged before something else began comes before it. */
  private void checkOrderOfTime(String channel) {
    List<Acknowledged> byBegin =
        acknowledged.stream()
            .filter(each -> each.channel.equals(channel))
            .sorted(Comparator.comparingLong(Acknowledged::begun))
            .toList();
    List<Acknowledged> byEnd =
        byBegin.stream().sorted(Comparator.comparingLong(Acknowledged::ended)).toList();
    int ended = 0;
    long last = 0;
    for (Acknowledged each : byBegin) {
      while (byEnd.get(ended).ended < each.begun) {
        last = Math.max(last, byEnd.get(ended++).sequence);
      }
      // A repeat of an earlier message begins with that message.
      if (each.sequence <= last) {
        faults.add("later than " + last + " and before it: " + each);
      }
    }
  }

  private void checkOrderOfPublishers(String channel, List<Kept> kept) {
    Map<String, Integer> last = new HashMap<>();
    for (Kept each : kept) {
      String publisher = each.key.substring(0, each.key.indexOf('-'));
      int number = Integer.parseInt(each.key.substring(publisher.length() + 1));
      Integer before = last.put(publisher, number);
      if (number != (before == null ? 0 : before) + 1) {
        faults.add(channel + " has " + publisher + "'s " + number + " after its " + before);
      }
    }
  }

  /**
   * Notes what a replica has and the log has not, or the other way round.
   *
   * @param complete the channel that drops no messages
   */
  void checkView(int node, GroupView view, String complete) {
    Map<String, List<Kept>> channels = messages();
    for (var each : view.channels()) {
      List<Kept> kept = channels.getOrDefault(each.id(), List.of());
      if (each.lastSequence() != kept.size()) {
        faults.add(
            node + " has " + each.lastSequence() + " in " + each.id() + ", the log " + kept.size());
        continue;
      }
      if (each.id().equals(complete) && each.entries().size() != kept.size()) {
        faults.add(node + " keeps " + each.entries().size() + " of " + kept.size());
      }
      for (Entry entry : each.entries()) {
        if (!kept.get((int) entry.sequence() - 1).key.equals(entry.key())) {
          faults.add(node + " has another message at " + entry.sequence() + " of " + each.id());
        }
      }
    }
    if (view.channels().size() != channels.size()) {
      faults.add(node + " has " + view.channels().size() + " channels of " + channels.size());
    }
  }
}
