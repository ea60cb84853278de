package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.testing.FreePort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;

/** Three nodes in processes of their own, as a user runs them. */
final class Cluster implements AutoCloseable {

  private static final List<Disk.Kind> DISKS =
      List.of(Disk.Kind.PLAIN, Disk.Kind.PAUSING, Disk.Kind.SMALL);

  final Network network;
  final List<Node> nodes = new ArrayList<>();

  /**
   * Starts nodes that share nothing but the cluster. The second has a disk that can be held up, the
   * third one that can be full, if the rights are there.
   */
  Cluster(Path dir, int size) throws Exception {
    this(dir, size, Map.of());
  }

  /** As above, with more settings in the environment of each node. */
  Cluster(Path dir, int size, Map<String, String> more) throws Exception {
    this(dir, size, size, more);
    try {
      for (Node node : nodes) {
        node.awaitReady();
      }
      awaitWhole();
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /** Starts some of the nodes for the first time, so that they wait for the others. */
  static Cluster begin(Path dir, int size, int started, Map<String, String> more) throws Exception {
    return new Cluster(dir, size, started, more);
  }

  private Cluster(Path dir, int size, int started, Map<String, String> more) throws Exception {
    network = Network.of(size);
    Map<String, String> settings = new HashMap<>(more);
    settings.put("ERIC_CLUSTER_NAME", "test" + ProcessHandle.current().pid());
    settings.put("ERIC_CLUSTER_MERGE_INTERVAL", "2000");
    settings.put("ERIC_HTTP_EDGE_HEARTBEAT", "1000");
    settings.put("ERIC_HTTP_RETRY_FLOOR", "100");
    if (network.canCut()) {
      settings.put("ERIC_CLUSTER_INSECURE", "true"); // the network is the nodes' own
      String[] all =
          IntStream.rangeClosed(1, size)
              .mapToObj(i -> network.host(i).address())
              .toArray(String[]::new);
      settings.put("ERIC_CLUSTER_MEMBERS", String.join(",", all));
    } else {
      settings.put("ERIC_CLUSTER_PORT", Integer.toString(FreePort.find()));
      settings.put("ERIC_CLUSTER_SIZE", Integer.toString(size));
    }
    for (int i = 1; i <= size; i++) {
      Map<String, String> own = new HashMap<>(settings);
      own.put("ERIC_CLUSTER_HOST", network.host(i).address());
      // Nodes of one machine share a directory, in which each takes a slot.
      Disk disk =
          network.canCut()
              ? Disk.of(dir.resolve("machine" + i), DISKS.get((i - 1) % DISKS.size()))
              : Disk.of(dir.resolve("machine"), Disk.Kind.PLAIN);
      nodes.add(new Node(i, network.host(i), dir, disk, own));
    }
    try {
      for (Node node : nodes.subList(0, started)) {
        node.start();
      }
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /** Waits until every node sees all others and has nothing to complain about. */
  void awaitWhole() {
    awaitWhole(Duration.ofSeconds(90));
  }

  void awaitWhole(Duration atMost) {
    try {
      awaitUp(atMost);
    } catch (ConditionTimeoutException e) {
      nodes.forEach(Node::dumpThreads);
      throw e;
    }
  }

  private void awaitUp(Duration atMost) {
    await()
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(250))
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              for (Node node : nodes) {
                var health = node.health();
                assertThat(health.getString("status"))
                    .as("node's health %s", health)
                    .isEqualTo("UP");
                assertThat(health.getInteger("nodes"))
                    .as("nodes in health %s", health)
                    .isEqualTo(nodes.size());
              }
            });
  }

  /** The node that has the most channels. */
  Node busiest() throws Exception {
    Node busiest = nodes.get(0);
    int most = -1;
    for (Node node : nodes) {
      int owned = node.health().getInteger("owned");
      if (owned > most) {
        most = owned;
        busiest = node;
      }
    }
    return busiest;
  }

  /** Undoes what a test that failed in the middle has left. */
  void repair() throws Exception {
    for (Node node : nodes) {
      node.disk.resume();
      node.disk.free();
      node.thaw();
      if (network.canCut()) {
        network.heal(node.number);
      }
      if (!node.isRunning()) {
        node.start();
      }
    }
    for (Node node : nodes) {
      if (node.url() == null) {
        node.awaitReady();
      }
    }
  }

  @Override
  public void close() throws Exception {
    for (Node node : nodes) {
      if (node.isRunning()) {
        node.disk.resume();
        node.thaw();
        node.kill();
      }
      node.disk.close();
    }
    network.close();
  }
}
