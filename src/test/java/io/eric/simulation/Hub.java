package io.eric.simulation;

import io.eric.UnavailableException;
import io.eric.channel.internal.core.SimulatedOwner;
import io.eric.internal.protocol.OwnerChanged;
import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.metrics.Meters;
import io.eric.options.RetentionOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A cluster in one thread: nodes, channels whose logs outlive their owners, clients, and what
 * happens to them. Everything follows from a seed.
 */
final class Hub {

  static final long INTERVAL_MS = 1_000;
  static final long HEARTBEAT_MS = 2_000;

  /** So late a message may be in spite of heartbeats, while a third of all that is said is lost. */
  private static final long HONEST_INTERVALS = 10;

  /** Who notices that a node does not answer takes so long. */
  private static final boolean DETAILS = Boolean.getBoolean("eric.simulation.details");

  private static final long FAILOVER_MS = 1_500;

  final SimulatedTime time = new SimulatedTime();
  final Random random;
  final Network network;
  final List<Node> nodes = new ArrayList<>();
  final Map<String, MessageLog> logs = new LinkedHashMap<>();
  final List<Client> clients = new ArrayList<>();
  private final List<Freeze> freezes = new ArrayList<>();
  final Meters meters = new Meters();
  final List<String> faults = new ArrayList<>();
  final StringBuilder trace = new StringBuilder();

  /** All that has come into each channel's log, also what is not there any more. */
  private final Map<String, List<Entry>> appended = new HashMap<>();

  private final RetentionOptions retention;
  private final Map<String, Node> owners = new HashMap<>();
  private final Map<String, Long> terms = new HashMap<>();
  private int messages;

  Hub(long seed, RetentionOptions retention, int nodeCount, int channels) {
    this.retention = retention;
    this.random = new Random(seed);
    this.network = new Network(time, random);
    for (int i = 0; i < nodeCount; i++) {
      nodes.add(new Node(this, "n" + i, meters));
    }
    for (int i = 0; i < channels; i++) {
      String channel = "c" + i;
      logs.put(channel, SimulatedOwner.newLog(channel, retention));
      appended.put(channel, new ArrayList<>());
      own(channel, nodes.get(i % nodeCount));
    }
  }

  /** What nodes say, which is told only of a single seed. */
  void detail(String who, Object said) {
    if (DETAILS) {
      note("    " + who + " " + said);
    }
  }

  void note(String what) {
    trace.append(time.now() / 1_000_000).append(": ").append(what).append('\n');
  }

  void fail(String what) {
    note("FAULT " + what);
    faults.add(time.now() / 1_000_000 + ": " + what);
  }

  // ---- ownership

  Node ownerOf(String channel) {
    return owners.get(channel);
  }

  SimulatedOwner owner(String channel) {
    return owners.get(channel).owned.get(channel);
  }

  Node nodeOf(String edge) {
    for (Node node : nodes) {
      if (node.edge().address().equals(edge)) {
        return node;
      }
    }
    return null;
  }

  Node anyNode() {
    List<Node> alive = nodes.stream().filter(Node::isAlive).toList();
    return alive.get(random.nextInt(alive.size()));
  }

  private void own(String channel, Node node) {
    long term = terms.merge(channel, 1L, Long::sum);
    Node before = owners.put(channel, node);
    if (before != null) {
      SimulatedOwner former = before.owned.get(channel);
      if (former != null) {
        former.fence();
      }
    }
    note(channel + " is owned by " + node.name + " under " + term);
    long slow = random.nextInt(3) == 0 ? 30 : 0;
    Supplied proof = new Supplied(channel, term, node);
    SimulatedOwner owner =
        new SimulatedOwner(
            channel,
            logs.get(channel),
            retention,
            appended.get(channel)::addAll,
            term,
            node.loop(),
            node,
            meters,
            slow,
            proof::prove);
    node.owned.put(channel, owner);
    OwnerChanged moved = new OwnerChanged(channel, term);
    nodes.forEach(each -> each.hears(node.name, moved));
  }

  /** Another node takes the channel; the former owner hears of it some time later, if it can. */
  void failOver(String channel) {
    Node former = owners.get(channel);
    List<Node> others = nodes.stream().filter(n -> n != former && n.isRunning()).toList();
    if (others.isEmpty()) {
      return;
    }
    SimulatedOwner fenced = former.owned.get(channel);
    own(channel, others.get(random.nextInt(others.size())));
    if (fenced != null) {
      SimulatedLoop its = former.loop();
      time.in(
          random.nextInt(3_000) * 1_000_000L,
          () ->
              its.turn(
                  () -> {
                    if (former.owned.get(channel) == fenced) {
                      former.owned.remove(channel);
                    }
                    fenced.leave(false);
                  }));
    }
  }

  /** Whether this is still the owner, asked over the network. */
  private final class Supplied {
    private final String channel;
    private final long term;
    private final Node node;

    private Supplied(String channel, long term, Node node) {
      this.channel = channel;
      this.term = term;
      this.node = node;
    }

    private Future<Void> prove() {
      Promise<Void> proved = Promise.promise();
      network.send(
          node.name,
          node,
          () -> {
            if (terms.get(channel) == term) {
              proved.tryComplete();
            } else {
              proved.tryFail(new UnavailableException("another node owns the channel"));
            }
          });
      return proved.future();
    }
  }

  // ---- what happens

  /** A node does nothing for a while; its channels go to others if that is long. */
  void freeze(Node node, long ms) {
    if (!node.isRunning()) {
      return;
    }
    note(node.name + " is frozen for " + ms + " ms");
    SimulatedLoop loop = node.loop();
    loop.freeze();
    long from = time.now() / 1_000_000;
    freezes.add(new Freeze(node, from, from + ms));
    if (ms > FAILOVER_MS) {
      time.in(FAILOVER_MS * 1_000_000, () -> leaveTo(node));
    }
    time.in(
        ms * 1_000_000,
        () -> {
          note(node.name + " thaws");
          loop.thaw();
        });
  }

  private void leaveTo(Node node) {
    List.copyOf(logs.keySet()).stream()
        .filter(channel -> owners.get(channel) == node)
        .forEach(this::failOver);
  }

  /** A node dies and comes back some time later. */
  void kill(Node node, long ms) {
    if (!node.isRunning() || nodes.stream().filter(Node::isRunning).count() < 2) {
      return;
    }
    note(node.name + " dies for " + ms + " ms");
    node.die();
    clients.forEach(client -> client.nodeDied(node));
    time.in(FAILOVER_MS * 1_000_000, () -> leaveTo(node));
    time.in(
        Math.max(ms, FAILOVER_MS + 100) * 1_000_000,
        () -> {
          note(node.name + " is back");
          node.start();
          logs.keySet().stream()
              .filter(channel -> owners.get(channel) == node)
              .forEach(channel -> own(channel, node));
        });
  }

  void publish(String channel, String receiver) {
    Node node = owners.get(channel);
    if (node.isRunning() && node.owned.containsKey(channel)) {
      String text = "m" + ++messages;
      node.loop().turn(() -> node.owned.get(channel).publish(receiver, text));
    }
  }

  // ---- what is to be so

  /** Sequences of a channel after one, that are for a listener. */
  List<Long> expected(String channel, long after, String listener) {
    return appended.get(channel).stream()
        .filter(entry -> entry.sequence() > after && isFor(entry, listener))
        .map(Entry::sequence)
        .toList();
  }

  private static boolean isFor(Entry entry, String listener) {
    return entry.receiver() == null || entry.receiver().equals(listener);
  }

  /**
   * A heartbeat says that nothing is missing that is older than two intervals, or that it is being
   * read, which takes longer the more is lost on the way. A frozen node asks for nothing, and sends
   * no heartbeats.
   */
  void heartbeat(Client client, long writtenTo) {
    Entry missing = null;
    List<Entry> all = appended.get(client.channel);
    for (int i = all.size() - 1; i >= 0 && all.get(i).sequence() > writtenTo; i--) {
      missing = isFor(all.get(i), client.listener) ? all.get(i) : missing;
    }
    if (missing != null) {
      long now = time.now() / 1_000_000;
      long lag = now - missing.timestamp();
      for (Freeze freeze : freezes) {
        if (freeze.node == client.node()) {
          lag -= Math.max(0, Math.min(now, freeze.to) - Math.max(missing.timestamp(), freeze.from));
        }
      }
      if (lag > HONEST_INTERVALS * INTERVAL_MS) {
        fail(client.name + " has a heartbeat and lacks a message for " + lag + " ms");
      }
    }
  }

  private record Freeze(Node node, long from, long to) {}
}
