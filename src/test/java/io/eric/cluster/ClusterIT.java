package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eric.cluster.history.Verdict;
import io.eric.testing.RequiresCommand;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
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
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three nodes as a user runs them, with what can happen to nodes and networks. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@RequiresCommand("curl")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ClusterIT {

  private static final Logger LOG = LoggerFactory.getLogger(ClusterIT.class);
  private static final long SEED = Long.getLong("eric.trial.seed", System.nanoTime());

  private Cluster cluster;
  private Trial trial;

  @BeforeAll
  void startNodes(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path dir) throws Exception {
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
  void endTrial() throws Exception {
    if (trial != null) {
      trial.close();
    }
    cluster.repair();
  }

  private Trial begin(String name) throws Exception {
    trial = new Trial(cluster, name, new Random(SEED), false);
    return trial;
  }

  private Verdict finish(String name) throws Exception {
    Verdict verdict = trial.finish();
    LOG.info("{}: seed {}, {}", name, SEED, verdict.line());
    assertThat(verdict.violations()).as(name).isEmpty();
    return verdict;
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"KILL", "CUT", "FREEZE_10_S"})
  void nothingIsLost(Fault fault) throws Exception {
    begin(fault.title());
    fault.begin(trial);
    if (fault == Fault.FREEZE) {
      try (Burners burners = new Burners(2)) {
        fault.round(trial);
      }
    } else {
      fault.round(trial);
    }
    fault.end(trial);
    finish(fault.title());
  }

  @Test
  void anyDoorOfAnyNodeReachesAnyChannel() throws Exception {
    begin("any");
    Verdict verdict = finish("no fault");

    assertThat(verdict.reconnects()).isZero();
    assertThat(verdict.repeats()).isZero();
    for (Node node : cluster.nodes) {
      JsonArray channels = new JsonArray(node.curl("/channels"));
      assertThat(channels).as("channels that node %d knows", node.number).contains("any0", "any5");
    }
  }

  @Test
  void streamsOfOtherNodesOutliveAKilledOwner() throws Exception {
    begin("kill");
    Node victim = cluster.busiest();

    victim.kill();
    trial.load.awaitProgress(20);
    trial.restart(victim);

    finish("kill");
    for (Node node : trial.others(victim)) {
      assertThat(trial.load.lostAt(node)).as("streams lost at node %d", node.number).isZero();
    }
  }

  @Test
  void aNodeThatIsCutOffServesNoWrites() throws Exception {
    assumeTrue(cluster.network.canCut(), "cutting a link needs network namespaces, so root and ip");
    begin("cut");
    Node victim = cluster.busiest();
    victim.curl("-X", "PUT", "/create?channel_id=probed");

    trial.faulty(
        List.of(victim),
        () -> {
          cluster.network.cut(victim.number);
          Awaitility.await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> victim.health().getInteger("nodes") == 1);
          assertThat(publishAt(victim, "probed").getString("error")).isEqualTo("Unavailable");
          assertThat(victim.curl("/readyz")).contains("Unavailable");
          trial.load.awaitProgress(20);
          cluster.network.heal(victim.number);
        });

    finish("cut");
  }

  private static JsonObject publishAt(Node node, String channel) throws Exception {
    String body = "{\"type\":\"probe\",\"payload\":0}";
    String path = "/broadcast?channel_id=" + channel;
    return new JsonObject(node.curl("-H", "content-type: application/json", "-d", body, path));
  }

  /** The moments are swept from where Hazelcast begins to where the doors are open. */
  @Test
  @Tag("soak")
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void aNodeThatIsFrozenWhileItStartsIsReadyInTheEnd() throws Exception {
    begin("starts");
    Node victim = cluster.busiest();
    for (int delay = 600; delay < 3_000; delay += 100) {
      victim.terminate();
      victim.start();
      trial.pause(delay); // the moment is what is tried
      victim.freeze();
      trial.pause(6_000); // longer than the others' patience
      victim.thaw();
      victim.awaitReady();
      cluster.awaitWhole(Duration.ofMinutes(2));
      trial.load.awaitProgress(20);
    }
    finish("starts");
  }
}
