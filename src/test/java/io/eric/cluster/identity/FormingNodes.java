package io.eric.cluster.identity;

import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Nodes that form a cluster, in simulated time, over a network and disks that may fail. */
final class FormingNodes {

  private static final long ANSWER_MS = 2_000;

  final SimulatedTime time = new SimulatedTime();
  final Random random;
  final Map<String, Node> nodes = new LinkedHashMap<>();

  /** All that any node has recorded as formed. */
  final Set<String> everFormed = new TreeSet<>();

  /** How often, of a thousand messages, something happens to one. */
  int dropped;

  int doubled;
  int late;

  FormingNodes(int size, long seed) {
    random = new Random(seed);
    List<Seat> seats =
        IntStream.rangeClosed(1, size)
            .mapToObj(i -> new Seat("" + i, "h", 100 * i, 100 * i + 1))
            .toList();
    seats.forEach(each -> nodes.put(each.node(), new Node(each.node(), seats)));
  }

  Node node(String name) {
    return nodes.get(name);
  }

  void startAll() {
    nodes.values().forEach(Node::start);
  }

  private long delay() {
    long ms = 1 + random.nextInt(5);
    return 1_000_000 * (random.nextInt(1_000) < late ? ms + random.nextInt(8_000) : ms);
  }

  /** Takes something over the network, or not, or twice. */
  private void carry(Runnable arrival) {
    if (random.nextInt(1_000) < dropped) {
      return;
    }
    time.in(delay(), arrival);
    if (random.nextInt(1_000) < doubled) {
      time.in(delay(), arrival);
    }
  }

  /** A node, whose disk outlives it. */
  final class Node {
    final String name;
    final List<Seat> seats;
    int groups = 3;
    String storage;
    @Nullable Agreement disk;
    @Nullable Agreement writing;
    final Set<String> agreedTo = new TreeSet<>();
    boolean diskFails;
    boolean cut;
    @Nullable Formation formation;
    @Nullable Future<Membership> formed;
    private SimulatedLoop loop = new SimulatedLoop(time);
    private int storages;

    Node(String name, List<Seat> seats) {
      this.name = name;
      this.seats = seats;
      this.storage = name + "s0";
    }

    boolean isUp() {
      return formation != null;
    }

    void start() {
      loop = new SimulatedLoop(time);
      SimulatedLoop own = loop;
      formation =
          new Formation(
              new Applicant(name, storage, groups, seats),
              disk,
              (to, request) -> call(own, to, request),
              own,
              agreement -> write(own, agreement));
      own.later(() -> formed = formation.start());
    }

    /** Ends the node at once; what it was writing is on the disk or not. */
    void crash() {
      loop.die();
      formation = null;
      formed = null;
      if (writing != null && random.nextBoolean()) {
        stored(writing);
      }
      writing = null;
    }

    void loseDisk() {
      disk = null;
      storage = name + "s" + ++storages;
    }

    private void stored(Agreement agreement) {
      String cluster = agreement.membership().cluster();
      if (disk != null && disk.isFormed() && !disk.membership().cluster().equals(cluster)) {
        throw new AssertionError(name + " leaves the formed cluster of " + disk);
      }
      boolean isLater = disk == null || agreement.attempt() > disk.attempt();
      if (!agreement.isFormed() && !isLater) {
        throw new AssertionError(name + " goes back from " + disk + " to " + agreement);
      }
      boolean decides =
          disk != null && !disk.isFormed() && agreement.equals(disk.formed()) && isProposer(disk);
      disk = agreement;
      agreedTo.add(cluster);
      if (decides) {
        for (Member each : agreement.membership().members()) {
          Node other = node(each.node());
          boolean agrees = other.disk != null && agreement.isOfSameCluster(other.disk);
          if (!each.isAbsent() && !agrees && !other.agreedTo.contains(cluster)) {
            throw new AssertionError(each + " has not agreed to " + agreement);
          }
        }
      }
      if (agreement.isFormed()) {
        everFormed.add(agreement.membership().cluster());
      }
    }

    private boolean isProposer(Agreement agreement) {
      return agreement.proposer().equals(name);
    }

    private Future<Void> write(SimulatedLoop own, Agreement agreement) {
      if (diskFails) {
        return Future.failedFuture("no space left");
      }
      if (writing != null) {
        throw new AssertionError("two writes at a time");
      }
      writing = agreement;
      Promise<Void> done = Promise.promise();
      time.in(
          1_000_000L * (1 + random.nextInt(40)),
          () ->
              own.turn(
                  () -> {
                    writing = null;
                    stored(agreement);
                    done.complete();
                  }));
      return done.future();
    }

    private Future<Buffer> call(SimulatedLoop own, String to, Buffer request) {
      Promise<Buffer> answer = Promise.promise();
      own.after(ANSWER_MS, () -> answer.tryFail("no answer"));
      Node other = node(to);
      carry(
          () -> {
            if (other.cut || cut) {
              return;
            }
            SimulatedLoop theirs = other.loop;
            theirs.turn(
                () -> {
                  if (other.formation != null) {
                    other
                        .formation
                        .answer(name, request)
                        .onSuccess(said -> carry(() -> own.turn(() -> answer.tryComplete(said))));
                  }
                });
          });
      return answer.future();
    }

    Formation.State state() {
      return formation.state();
    }

    String cluster() {
      return formation.membership() == null ? "" : formation.membership().cluster();
    }
  }

  /** The names of the clusters that the nodes that run are members of. */
  Set<String> clusters() {
    Set<String> names = new TreeSet<>();
    for (Node each : nodes.values()) {
      if (each.isUp() && !each.cluster().isEmpty()) {
        names.add(each.cluster());
      }
    }
    return names;
  }

  List<Formation.State> states() {
    List<Formation.State> all = new ArrayList<>();
    nodes.values().forEach(each -> all.add(each.state()));
    return all;
  }
}
