package io.eric.cluster;

import io.eric.cluster.history.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A cluster under load, for faults to happen to. */
final class Trial implements AutoCloseable {

  private static final int CHANNELS = 12;

  final Cluster cluster;
  final Load load;
  final Random random;

  /** Whether minutes count rather than seconds. */
  final boolean isLong;

  Trial(Cluster cluster, String name, Random random, boolean isLong) throws Exception {
    this.cluster = cluster;
    this.random = random;
    this.isLong = isLong;
    load =
        new Load(cluster.nodes, name, CHANNELS, isLong ? 3 : 2, isLong ? 2 : 1, isLong ? 40 : 100);
    load.awaitProgress(5);
  }

  Node any() {
    return cluster.nodes.get(random.nextInt(cluster.nodes.size()));
  }

  List<Node> others(Node than) {
    return cluster.nodes.stream().filter(node -> node != than).toList();
  }

  /** The schedule of what goes wrong; nothing waits for it. */
  void pause(long ms) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(ms);
  }

  /** As above, for a time between two. */
  void pause(int from, int to) throws InterruptedException {
    pause(from + random.nextInt(to - from + 1));
  }

  /** Something that happens to nodes, which may say nothing to their clients meanwhile. */
  void faulty(List<Node> nodes, Step step) throws Exception {
    long from = System.currentTimeMillis();
    try {
      step.run();
    } finally {
      Set<Integer> numbers = nodes.stream().map(n -> n.number).collect(Collectors.toSet());
      load.history.fault(numbers, from, System.currentTimeMillis());
    }
  }

  /** A step of a fault. */
  interface Step {
    void run() throws Exception;
  }

  void restart(Node node) throws Exception {
    node.start();
    node.awaitReady();
  }

  /** Waits until the cluster is whole and all publishers go on, and judges what clients saw. */
  Verdict finish() throws Exception {
    cluster.awaitWhole(Duration.ofSeconds(90));
    load.awaitProgress(5);
    reachAll();
    return load.finish();
  }

  /** Checks that whatever happened has left no door that cannot reach a part of the channels. */
  void reachAll() throws Exception {
    load.reachAllAtEveryDoor(cluster.nodes.get(0).health().getJsonArray("groups").size());
  }

  @Override
  public void close() {
    load.close();
  }
}
