package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eric.testing.RequiresCommand;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes as a user runs them, with what can happen to nodes and networks. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@RequiresCommand("curl")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ClusterIT {

  private static final int CHANNELS = 6;
  private static final int READERS = 2;

  /** Within this time after the trouble is over, on a machine that does other work, too. */
  private static final Duration WHOLE = Duration.ofSeconds(60);

  private Cluster cluster;
  private Traffic traffic;

  @BeforeAll
  void startNodes(@TempDir Path dir) throws Exception {
    cluster = new Cluster(dir, 3);
  }

  @AfterAll
  void endNodes() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void awaitWhole() {
    cluster.awaitWhole();
  }

  @AfterEach
  void endTraffic() throws Exception {
    if (traffic != null) {
      traffic.close();
    }
    cluster.repair();
  }

  private Traffic traffic(String prefix) throws Exception {
    traffic = new Traffic(cluster.nodes, prefix, CHANNELS, READERS, 10);
    traffic.awaitProgress(20);
    return traffic;
  }

  @Test
  void anyDoorOfAnyNodeReachesAnyChannel() throws Exception {
    Traffic.Outcome outcome = traffic("any").finish();

    assertThat(outcome.refusals()).isZero();
    assertThat(outcome.reconnects()).isZero();
    assertThat(outcome.repeats()).isZero();
    for (Node node : cluster.nodes) {
      JsonArray channels = new JsonArray(node.curl("/channels"));
      assertThat(channels).as("channels that node %d knows", node.number).contains("any0", "any5");
    }
  }

  @Test
  void nothingIsLostWhenTheOwnerIsKilled() throws Exception {
    traffic("kill");
    Node victim = cluster.busiest();

    victim.kill();
    traffic.awaitProgress(50);
    restart(victim);
    traffic.awaitProgress(50);

    Traffic.Outcome outcome = traffic.finish();
    report("kill -9", outcome);
    for (Node node : cluster.nodes) {
      if (node != victim) {
        assertThat(traffic.reconnectsFrom(node))
            .as("streams lost at node %d", node.number)
            .isZero();
      }
    }
    assertThat(outcome.medianUnavailableMs()).isLessThan(30_000);
  }

  @Test
  void nothingIsLostWhenTheOwnerHangsAndComesBackAsAZombie() throws Exception {
    traffic("hang");
    Node victim = cluster.busiest();

    victim.freeze();
    traffic.awaitProgress(50); // others have taken over, and trimmed what was read
    victim.thaw();
    traffic.awaitProgress(50); // its door is asked again; what it acknowledges must be true

    report("hang", traffic.finish());
    cluster.awaitWhole(WHOLE);
  }

  @Test
  void aNodeThatIsCutOffServesNoWrites() throws Exception {
    assumeTrue(cluster.network.canCut(), "cutting a link needs network namespaces, so root and ip");
    traffic("cut");
    Node victim = cluster.busiest();

    cluster.network.cut(victim.number);
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> victim.health().getInteger("nodes") == 1);
    assertThat(
            new JsonObject(
                    victim.curl(
                        "-H",
                        "content-type: application/json",
                        "-d",
                        "{\"type\":\"probe\",\"payload\":0}",
                        "/broadcast?channel_id=cut0"))
                .getString("error"))
        .isEqualTo("Unavailable");
    assertThat(victim.curl("/readyz")).contains("Unavailable");
    traffic.awaitProgress(50);
    cluster.network.heal(victim.number);
    traffic.awaitProgress(50);

    report("cut", traffic.finish());
    cluster.awaitWhole(WHOLE);
  }

  @Test
  void aFullStopLosesNothing() throws Exception {
    traffic("stop");

    for (Node node : cluster.nodes) {
      node.kill();
    }
    for (Node node : cluster.nodes) {
      node.start();
    }
    for (Node node : cluster.nodes) {
      node.awaitReady();
    }
    traffic.awaitProgress(50);

    report("full stop", traffic.finish());
  }

  /** The moments are swept from where Hazelcast begins to where the doors are open. */
  @Test
  @Tag("soak")
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void aNodeThatIsFrozenWhileItStartsIsReadyInTheEnd() throws Exception {
    traffic("starts");
    Node victim = cluster.busiest();
    for (int delay = 600; delay < 3_000; delay += 100) {
      victim.terminate();
      victim.start();
      Thread.sleep(delay); // the moment is what is tried
      victim.freeze();
      Thread.sleep(6_000); // longer than the others' patience
      victim.thaw();
      victim.awaitReady();
      cluster.awaitWhole(Duration.ofMinutes(2));
      traffic.awaitProgress(20);
    }
    report("starts", traffic.finish());
  }

  @Test
  void aRollingRestartLosesNothing() throws Exception {
    traffic("roll");

    for (Node node : cluster.nodes) {
      assertThat(node.terminate()).as("exit code; log: %s", node.logText()).isZero();
      restart(node);
      cluster.awaitWhole();
      traffic.awaitProgress(20);
    }

    report("rolling restart", traffic.finish());
  }

  private static void restart(Node node) throws Exception {
    node.start();
    node.awaitReady();
  }

  private static void report(String what, Traffic.Outcome outcome) {
    org.slf4j.LoggerFactory.getLogger(ClusterIT.class).info("{}: {}", what, outcome);
  }
}
