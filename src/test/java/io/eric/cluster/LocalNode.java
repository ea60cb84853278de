package io.eric.cluster;

import static io.eric.testing.Hub.await;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import io.eric.channel.ChannelContainer;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.ClusterOptions;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** A node of a cluster in this JVM, without doors. Everything of it is on one event loop. */
final class LocalNode {

  final Vertx vertx;
  final ChannelContainer channels;
  final ClusterNode node;
  final HazelcastInstance hazelcast;
  private final AtomicInteger merges = new AtomicInteger();

  private LocalNode(Vertx vertx, ClusterOptions options) {
    this.vertx = vertx;
    hazelcast =
        ((HazelcastClusterManager) ((VertxInternal) vertx).clusterManager()).getHazelcastInstance();
    hazelcast
        .getLifecycleService()
        .addLifecycleListener(
            event -> {
              if (event.getState() == LifecycleState.MERGED) {
                merges.incrementAndGet();
              }
            });
    channels = new ChannelContainer(vertx, MemoryStore.create(), new SSEChannelOptions());
    node = await(ClusterNode.join(vertx, channels, options));
    await(channels.start());
  }

  /** As a served hub starts: what a change of members has made fail begins anew, all of it. */
  private static LocalNode start(ClusterOptions options) {
    try {
      return StartAttempts.untilStarted(
          () -> {
            Vertx vertx =
                ClusteredVertx.start(new VertxOptions().setEventLoopPoolSize(1), options)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            try {
              return new LocalNode(vertx, options);
            } catch (RuntimeException | Error e) {
              await(vertx.close().otherwiseEmpty());
              throw e;
            }
          });
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Nodes of one cluster, of which more than half must see each other; channels stay put. */
  static List<LocalNode> start(int count) throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    ClusterOptions options =
        new ClusterOptions(
            new JsonObject()
                .put("enabled", true)
                .put("name", "local" + port)
                .put("port", port)
                .put("quorum", count / 2 + 1)
                .put("mergeInterval", 1_000)
                .put("rebalanceDelay", 0));
    List<LocalNode> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nodes.add(start(options));
      for (LocalNode each : nodes) {
        each.awaitSize(i + 1);
        each.awaitSafe();
      }
    }
    return nodes;
  }

  /**
   * Waits until what the cluster keeps has all its copies: while they are being made, a create may
   * be told that its outcome is unknown, and a node that joins may fail to write its own name.
   */
  private void awaitSafe() {
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .until(() -> hazelcast.getPartitionService().isClusterSafe());
  }

  void awaitSize(int size) {
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .until(() -> hazelcast.getCluster().getMembers().size() == size);
  }

  /** Creates a channel that this node owns, and that all of them know. */
  String ownChannel(String prefix, List<LocalNode> all) {
    for (int i = 0; ; i++) {
      String id = prefix + '-' + i;
      if (node.knows(id)) {
        continue; // of another node
      }
      await(channels.create(id, null));
      if (channels.isOpen(id)) {
        all.forEach(each -> Awaitility.await().until(() -> each.channels.getAllIds().contains(id)));
        return id;
      }
    }
  }

  /** Keeps the event loop busy until the latch is down; returns when it is busy. */
  void keepBusy(CountDownLatch until) throws InterruptedException {
    CountDownLatch busy = new CountDownLatch(1);
    vertx.runOnContext(
        turn -> {
          busy.countDown();
          try {
            until.await(90, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    busy.await();
  }

  /** Makes Hazelcast take another node for dead. */
  void loseSightOf(LocalNode other) {
    UUID name = other.hazelcast.getCluster().getLocalMember().getUuid();
    Member gone =
        hazelcast.getCluster().getMembers().stream()
            .filter(member -> member.getUuid().equals(name))
            .findFirst()
            .orElseThrow();
    ((HazelcastInstanceProxy) hazelcast)
        .getOriginal()
        .node
        .getClusterService()
        .suspectMember(gone, "a test says so", true);
  }

  int merges() {
    return merges.get();
  }

  void close() {
    await(node.leave());
    await(channels.close());
    await(vertx.close());
  }

  /** Dies as a process does: without a word, as far as its channels are concerned. */
  void kill() {
    hazelcast.getLifecycleService().terminate();
  }
}
