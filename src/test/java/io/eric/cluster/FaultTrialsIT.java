package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.eric.cluster.history.Verdict;
import io.eric.testing.RequiresCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Each fault again and again for minutes, while all cores are busy. {@code -Deric.trial.faults}
 * names some of {@link Fault}, {@code -Deric.trial.seconds} says for how long each, {@code
 * -Deric.trial.rounds} for how many rounds instead (a hundred of FREEZE_10_S, for example), and
 * {@code -Deric.trial.seed} repeats the choices of a trial, but not its moments.
 */
@Tag("soak")
@RequiresCommand("curl")
class FaultTrialsIT {

  private static final Logger LOG = LoggerFactory.getLogger(FaultTrialsIT.class);
  private static final List<String> FAULTS =
      Arrays.asList(System.getProperty("eric.trial.faults", "").split(","));
  private static final long SECONDS = Long.getLong("eric.trial.seconds", 600);
  private static final int ROUNDS = Integer.getInteger("eric.trial.rounds", Integer.MAX_VALUE);
  private static final int BURNERS = Integer.getInteger("eric.trial.burners", 2);
  private static final long SEED = Long.getLong("eric.trial.seed", System.nanoTime());
  private static final Duration BETWEEN = Duration.ofSeconds(4);

  @ParameterizedTest
  @EnumSource
  @Timeout(value = 60, unit = TimeUnit.MINUTES)
  void nothingIsLost(Fault fault, @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path dir)
      throws Exception {
    assumeTrue(FAULTS.contains("") || FAULTS.contains(fault.name()), "not asked for");
    LOG.info("{} with seed {} in {}", fault, SEED, dir);
    try (Cluster cluster = new Cluster(dir, 3);
        Trial trial = new Trial(cluster, fault.title(), new Random(SEED), true);
        Burners burners = new Burners(BURNERS)) {
      fault.begin(trial);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      boolean isTimed = ROUNDS == Integer.MAX_VALUE;
      int rounds = 0;
      while (isTimed ? System.nanoTime() < end : rounds < ROUNDS) {
        fault.round(trial);
        rounds++;
        trial.pause(0, (int) BETWEEN.toMillis());
        // Each fault happens to a cluster at work. If they followed each other faster than it can
        // recover on a busy machine, they would be one fault, longer than a publisher's key lives.
        trial.load.awaitProgress(1);
        trial.reachAll();
      }
      fault.end(trial);
      burners.close();
      Verdict verdict = trial.finish();
      LOG.info("{}: seed {}, {} rounds, {}", fault, SEED, rounds, verdict.line());
      assertThat(verdict.violations()).as("%s in %s", fault, dir).isEmpty();
    }
  }
}
