package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eric.testing.RequiresCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ten minutes of 500 messages a second to 50 channels and 500 streams on three nodes, while nodes
 * are killed, one hangs and one is cut off. {@code -Deric.chaos.kills} and {@code
 * -Deric.chaos.seed} change the length and repeat a run.
 */
@Tag("soak")
@RequiresCommand("curl")
class ChaosIT {

  private static final Logger LOG = LoggerFactory.getLogger(ChaosIT.class);
  private static final int KILLS = Integer.getInteger("eric.chaos.kills", 8);
  private static final long SEED = Long.getLong("eric.chaos.seed", System.nanoTime());
  private static final Duration DEAD = Duration.ofSeconds(20);
  private static final Duration BETWEEN_KILLS = Duration.ofSeconds(60);
  private static final Duration HUNG = Duration.ofSeconds(15);
  private static final Duration CUT = Duration.ofSeconds(30);

  private final List<Long> killedMs = new ArrayList<>();

  @Test
  @Timeout(value = 25, unit = TimeUnit.MINUTES)
  void killsAHangAndACutLoseNothing(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path dir)
      throws Exception {
    LOG.info("seed {}", SEED);
    Random random = new Random(SEED);
    try (Cluster cluster = new Cluster(dir, 3)) {
      assumeTrue(cluster.network.canCut(), "cutting a link needs network namespaces");
      try (Traffic traffic = new Traffic(cluster.nodes, "chaos", 50, 10, 100)) {
        traffic.awaitProgress(20);
        for (int kill = 0; kill < KILLS; kill++) {
          kill(cluster, traffic, cluster.nodes.get(random.nextInt(3)));
        }
        assertThat(median(killedMs)).as("median unavailability by a kill").isLessThan(2_000);
        hang(cluster, traffic, cluster.nodes.get(random.nextInt(3)));
        cut(cluster, traffic, cluster.nodes.get(random.nextInt(3)));
        LOG.info("all: {}", traffic.finish());
      }
    }
  }

  private void kill(Cluster cluster, Traffic traffic, Node victim) throws Exception {
    traffic.takeUnavailableMs();
    Map<Node, Integer> before = reconnects(cluster, traffic);
    long started = System.nanoTime();
    victim.kill();
    pause(DEAD);
    victim.start();
    victim.awaitReady();
    cluster.awaitWhole();
    pause(BETWEEN_KILLS.minusNanos(System.nanoTime() - started));
    List<Long> unavailable = traffic.takeUnavailableMs();
    LOG.info("kill -9 of node {}: unavailable for {} ms", victim.number, unavailable);
    killedMs.addAll(unavailable);
    for (Node node : cluster.nodes) {
      if (node != victim) {
        assertThat(traffic.reconnectsFrom(node))
            .as(
                "streams lost at node %d, which survived: %s",
                node.number, traffic.storiesFrom(node))
            .isEqualTo(before.get(node));
      }
    }
  }

  private void hang(Cluster cluster, Traffic traffic, Node victim) throws Exception {
    traffic.takeUnavailableMs();
    victim.freeze();
    pause(HUNG);
    victim.thaw();
    long thawed = System.nanoTime();
    cluster.awaitWhole(Duration.ofMinutes(4));
    long wholeMs = (System.nanoTime() - thawed) / 1_000_000;
    traffic.awaitProgress(50);
    List<Long> unavailable = traffic.takeUnavailableMs();
    LOG.info(
        "hang of node {}: unavailable for {} ms, whole after {} ms",
        victim.number,
        unavailable,
        wholeMs);
    assertThat(median(unavailable)).as("median unavailability by a hang").isLessThan(10_000);
  }

  private void cut(Cluster cluster, Traffic traffic, Node victim) throws Exception {
    traffic.takeUnavailableMs();
    cluster.network.cut(victim.number);
    pause(CUT);
    cluster.network.heal(victim.number);
    long healed = System.nanoTime();
    cluster.awaitWhole(Duration.ofMinutes(4));
    long wholeMs = (System.nanoTime() - healed) / 1_000_000;
    traffic.awaitProgress(50);
    LOG.info(
        "cut of node {}: unavailable for {} ms, whole after {} ms",
        victim.number,
        traffic.takeUnavailableMs(),
        wholeMs);
  }

  private static Map<Node, Integer> reconnects(Cluster cluster, Traffic traffic) {
    Map<Node, Integer> counts = new HashMap<>();
    cluster.nodes.forEach(node -> counts.put(node, traffic.reconnectsFrom(node)));
    return counts;
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  /** The schedule of what goes wrong; nothing waits for it. */
  private static void pause(Duration time) throws InterruptedException {
    if (time.compareTo(Duration.ZERO) > 0) {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }
  }
}
