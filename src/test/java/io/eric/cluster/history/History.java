package io.eric.cluster.history;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the clients of a hub did and saw, and which nodes had a fault meanwhile. It is written by
 * clients only and knows nothing of the hub; {@link Checker} judges it. Times are in milliseconds
 * of one clock.
 */
public final class History {

  record Ack(Sent message, String position, long at) {}

  record Refusal(int status, String what, long at) {}

  record Stuck(String what, long at) {}

  /** A time in which what these nodes do not say is no fault of the hub's. */
  record Fault(Set<Integer> nodes, long from, long to) {}

  private final Set<Sent> sent = ConcurrentHashMap.newKeySet();
  private final Queue<Ack> acks = new ConcurrentLinkedQueue<>();
  private final Map<String, Set<String>> listeners = new ConcurrentHashMap<>();
  private final Queue<Reading> readings = new ConcurrentLinkedQueue<>();
  private final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();
  private final Queue<Stuck> stuck = new ConcurrentLinkedQueue<>();
  private final List<Fault> faults = new CopyOnWriteArrayList<>();
  private final AtomicInteger repeats = new AtomicInteger();
  private final AtomicLong longestWait = new AtomicLong();

  /** A named listener is there, and has to get what is acknowledged from now on. */
  public void listener(String channel, String listener) {
    listeners.computeIfAbsent(channel, any -> ConcurrentHashMap.newKeySet()).add(listener);
  }

  /** A publisher begins to send a message. */
  public void sent(Sent message) {
    sent.add(message);
  }

  /** A publisher repeats a message whose outcome it does not know. */
  public void repeated() {
    repeats.incrementAndGet();
  }

  /** A message was acknowledged, so long after its first attempt. */
  public void acknowledged(Sent message, String position, long at, long waited) {
    acks.add(new Ack(message, position, at));
    longestWait.accumulateAndGet(waited, Math::max);
  }

  /** A stream was opened. */
  public Reading opened(
      String channel, String listener, int node, @Nullable String after, long at) {
    Reading reading = new Reading(channel, listener, node, after, at);
    readings.add(reading);
    return reading;
  }

  /** A request that is right was refused for good: 404 for a channel that exists, for example. */
  public void refused(int status, String what, long at) {
    refusals.add(new Refusal(status, what, at));
  }

  /** A client has given up waiting for something that has to come. */
  public void stuck(String what, long at) {
    stuck.add(new Stuck(what, at));
  }

  /** Nodes had a fault, and so may have said nothing to their clients. */
  public void fault(Set<Integer> nodes, long from, long to) {
    faults.add(new Fault(Set.copyOf(nodes), from, to));
  }

  /** Returns what was acknowledged and is missing at some listener, as far as is known now. */
  public Set<String> missing() {
    Map<String, Set<Sent>> received = new ConcurrentHashMap<>();
    for (Reading reading : readings) {
      Set<Sent> its =
          received.computeIfAbsent(key(reading.channel, reading.listener), any -> new HashSet<>());
      for (Reading.Event event : reading.events()) {
        Sent message = Sent.of(reading.channel, event.data());
        if (message != null) {
          its.add(message);
        }
      }
    }
    Set<String> missing = new HashSet<>();
    for (Ack ack : acks) {
      for (String listener : receivers(ack.message())) {
        if (!received
            .getOrDefault(key(ack.message().channel(), listener), Set.of())
            .contains(ack.message())) {
          missing.add(ack.message() + " at " + listener);
        }
      }
    }
    return missing;
  }

  static String key(String channel, String listener) {
    return channel + '/' + listener;
  }

  Set<String> receivers(Sent message) {
    return message.receiver() == null
        ? listeners.getOrDefault(message.channel(), Set.of())
        : Set.of(message.receiver());
  }

  Map<String, Set<String>> listeners() {
    return listeners;
  }

  boolean wasSent(Sent message) {
    return sent.contains(message);
  }

  Queue<Ack> acks() {
    return acks;
  }

  Queue<Reading> readings() {
    return readings;
  }

  Queue<Refusal> refusals() {
    return refusals;
  }

  Queue<Stuck> stuck() {
    return stuck;
  }

  /** Whether one of the faults excuses a node at some moment between two times. */
  boolean isExcused(int node, long from, long to) {
    return faults.stream()
        .anyMatch(f -> f.nodes().contains(node) && f.from() <= to && f.to() >= from);
  }

  int repeats() {
    return repeats.get();
  }

  long longestWait() {
    return longestWait.get();
  }
}
