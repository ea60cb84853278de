package io.eric.cluster.history;

import io.eric.cluster.history.History.Ack;
import io.eric.cluster.history.Violation.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges a history by what the hub promises its clients: docs/PROTOCOL.md and docs/CLUSTER.md. It
 * is told nothing by the hub.
 */
public final class Checker {

  /**
   * How long before a heartbeat a message was acknowledged which the heartbeat covers for certain:
   * a heartbeat speaks for the time of a confirmation, which is at most two intervals ago.
   */
  static final long COVERED_MS = 10_000;

  /** How long after such a heartbeat the message may still be read from the log and written. */
  static final long BEING_READ_MS = 5_000;

  private final History history;
  private final List<Violation> violations = new ArrayList<>();

  /** The positions of each channel, and what is there. */
  private final Map<String, Map<String, Sent>> messageAt = new HashMap<>();

  private final Map<Sent, String> positionOf = new HashMap<>();

  /** When each listener got each message. */
  private final Map<String, Map<Sent, Long>> received = new HashMap<>();

  private Checker(History history) {
    this.history = history;
  }

  /** Judges a history that is over. */
  public static Verdict check(History history) {
    return new Checker(history).judge();
  }

  private Verdict judge() {
    Map<String, List<Reading>> readings = new HashMap<>();
    for (Reading reading : history.readings()) {
      readings
          .computeIfAbsent(History.key(reading.channel, reading.listener), any -> new ArrayList<>())
          .add(reading);
    }
    checkAcks();
    readings.forEach(this::checkDeliveries);
    checkMissing();
    checkPublishers();
    readings.forEach(this::checkSilence);
    history
        .refusals()
        .forEach(
            it ->
                violated(
                    it.status() == 404 ? Kind.NOT_FOUND : Kind.REFUSED,
                    it.status() + " for " + it.what() + " at " + it.at()));
    history.stuck().forEach(it -> violated(Kind.STUCK, it.what() + " at " + it.at()));
    return new Verdict(
        (int) history.acks().stream().map(Ack::message).distinct().count(),
        received.values().stream().mapToInt(Map::size).sum(),
        readings.values().stream().mapToInt(its -> its.size() - 1).sum(),
        history.repeats(),
        history.longestWait(),
        List.copyOf(violations));
  }

  private void violated(Kind kind, String what) {
    violations.add(new Violation(kind, what));
  }

  private void checkAcks() {
    for (Ack ack : history.acks()) {
      stands(ack.message(), ack.position(), "acknowledged at " + ack.at());
    }
  }

  /** A message has one position, and a position has one message, whoever says so. */
  private void stands(Sent message, String position, String how) {
    String before = positionOf.putIfAbsent(message, position);
    if (before != null && !before.equals(position)) {
      violated(Kind.TWO_IDS, message + " is " + before + " and " + position + ", " + how);
    }
    Sent other =
        messageAt
            .computeIfAbsent(message.channel(), any -> new HashMap<>())
            .putIfAbsent(position, message);
    if (other != null && !other.equals(message)) {
      violated(Kind.TWO_MESSAGES, position + " is " + other + " and " + message + ", " + how);
    }
  }

  private void checkDeliveries(String listener, List<Reading> readings) {
    Map<Sent, Long> got = received.computeIfAbsent(listener, any -> new HashMap<>());
    Set<String> ids = new HashSet<>();
    String last = null;
    for (Reading reading : readings) {
      for (Reading.Event event : reading.events()) {
        String where = event.id() + " '" + event.data() + "' on the " + reading;
        if (event.type().equals("_eric_goodbye")) {
          continue;
        }
        if (event.type().equals("_eric_gap")) {
          violated(Kind.GAP, where);
          last = event.id();
          continue;
        }
        Sent message = Sent.of(reading.channel, event.data());
        String id = event.id();
        if (!event.type().equals("m") || message == null || id == null) {
          violated(Kind.STRANGE, event.type() + ' ' + where);
          continue;
        }
        if (!history.wasSent(message)
            || message.receiver() != null && !message.receiver().equals(reading.listener)) {
          violated(Kind.STRANGE, where);
        }
        stands(message, id, "delivered at " + event.at() + " on the " + reading);
        if (!ids.add(id) || got.putIfAbsent(message, event.at()) != null) {
          violated(Kind.DELIVERED_TWICE, where);
        } else if (last != null && !follows(id, last)) {
          violated(Kind.ORDER, where + " after " + last);
        }
        last = id;
      }
    }
  }

  private static boolean follows(String id, String last) {
    return epoch(id).equals(epoch(last)) && sequence(id) > sequence(last);
  }

  private static String epoch(String id) {
    return id.substring(0, id.lastIndexOf('-'));
  }

  private static long sequence(String id) {
    return Long.parseLong(id.substring(id.lastIndexOf('-') + 1));
  }

  private void checkMissing() {
    Set<Sent> seen = new HashSet<>();
    for (Ack ack : history.acks()) {
      if (seen.add(ack.message())) {
        for (String listener : history.receivers(ack.message())) {
          if (receivedAt(ack.message(), listener) == null) {
            violated(
                Kind.MISSING,
                ack.message()
                    + ", acknowledged as "
                    + ack.position()
                    + " at "
                    + ack.at()
                    + ", at "
                    + listener);
          }
        }
      }
    }
  }

  private @Nullable Long receivedAt(Sent message, String listener) {
    return received.getOrDefault(History.key(message.channel(), listener), Map.of()).get(message);
  }

  /** A publisher sends a message when the one before is acknowledged, so its positions rise. */
  private void checkPublishers() {
    Map<String, List<Sent>> sent = new HashMap<>();
    positionOf
        .keySet()
        .forEach(
            message ->
                sent.computeIfAbsent(
                        History.key(message.channel(), message.publisher()),
                        any -> new ArrayList<>())
                    .add(message));
    for (List<Sent> its : sent.values()) {
      its.sort((a, b) -> Integer.compare(a.number(), b.number()));
      for (int i = 1; i < its.size(); i++) {
        String before = positionOf.getOrDefault(its.get(i - 1), "");
        String after = positionOf.getOrDefault(its.get(i), "");
        if (!follows(after, before)) {
          violated(
              Kind.PUBLISHER_ORDER,
              its.get(i - 1) + " is " + before + ", and " + its.get(i) + " is " + after);
        }
      }
    }
  }

  private void checkSilence(String listener, List<Reading> readings) {
    String channel = readings.get(0).channel;
    String name = readings.get(0).listener;
    List<Ack> due = new ArrayList<>();
    for (Ack ack : history.acks()) {
      if (ack.message().channel().equals(channel)
          && history.receivers(ack.message()).contains(name)) {
        due.add(ack);
      }
    }
    Map<Sent, Long> got = received.getOrDefault(listener, Map.of());
    for (Reading reading : readings) {
      if (reading.isSilent()
          && !history.isExcused(reading.node, reading.heard(), reading.closed())) {
        violated(Kind.SILENT, "nothing came on the " + reading + " until " + reading.closed());
      }
      checkHeartbeats(reading, due, got);
    }
  }

  /** A heartbeat says that what was acknowledged long before is written or being read. */
  private void checkHeartbeats(Reading reading, List<Ack> due, Map<Sent, Long> got) {
    List<Long> heartbeats = reading.heartbeats();
    for (Ack ack : due) {
      long covered = Math.max(ack.at(), reading.opened) + COVERED_MS;
      int next = Collections.binarySearch(heartbeats, covered + 1);
      next = next < 0 ? -next - 1 : next;
      if (next < heartbeats.size()) {
        long until = heartbeats.get(next) + BEING_READ_MS;
        if (got.getOrDefault(ack.message(), Long.MAX_VALUE) > until && reading.heard() > until) {
          violated(
              Kind.SILENT,
              ack.message()
                  + ", acknowledged at "
                  + ack.at()
                  + ", had not come when there was a heartbeat at "
                  + heartbeats.get(next)
                  + " on the "
                  + reading);
        }
      }
    }
  }
}
