package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eric.cluster.history.Verdict;
import io.eric.testing.RequiresCommand;
import java.nio.file.Path;
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
 * Nodes of a former version, whose jar {@code -Deric.jar.previous} names, are ended one after the
 * other and started with this one; then all are killed, so that this version reads what that one
 * has written.
 */
@Tag("soak")
@RequiresCommand("curl")
class RollingUpgradeIT {

  private static final Logger LOG = LoggerFactory.getLogger(RollingUpgradeIT.class);
  private static final long SEED = Long.getLong("eric.trial.seed", System.nanoTime());

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void nothingIsLost(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path dir) throws Exception {
    String previous = System.getProperty("eric.jar.previous");
    assumeTrue(previous != null, "-Deric.jar.previous names no jar");
    try (Cluster cluster = Cluster.begin(dir, 3, 0, Map.of())) {
      for (Node node : cluster.nodes) {
        node.runs(previous);
        node.start();
      }
      for (Node node : cluster.nodes) {
        node.awaitReady();
        node.runs(System.getProperty("eric.jar"));
      }
      cluster.awaitWhole();
      try (Trial trial = new Trial(cluster, "upgrade", new Random(SEED), true)) {
        Fault.ROLLING_RESTART.round(trial);
        Fault.FULL_STOP.round(trial);
        Verdict verdict = trial.finish();
        LOG.info("upgrade: seed {}, {}", SEED, verdict.line());
        assertThat(verdict.violations()).as("in %s", dir).isEmpty();
      }
    }
  }
}
