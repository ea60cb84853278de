package io.eric.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * No stream is silent, whatever is lost between edges and owners. A seed that fails is run again by
 * {@code -Deric.simulation.from=<seed> -Deric.simulation.seeds=1}, which prints what happened.
 */
class StreamSimulationTest {

  private static final long FROM = Long.getLong("eric.simulation.from", 1);
  private static final int SEEDS = Integer.getInteger("eric.simulation.seeds", 1_000);
  private static final int SOAK_SEEDS = Integer.getInteger("eric.simulation.seeds", 20_000);

  @Test
  void eachStreamHasEachMessageOnceSoonAfterTheFaultsEnd() {
    run(SEEDS);
  }

  @Test
  @Tag("soak")
  void alsoWithManyMoreSeeds() {
    run(SOAK_SEEDS);
  }

  private static void run(int seeds) {
    for (long seed = FROM; seed < FROM + seeds; seed++) {
      StreamSimulation simulation = new StreamSimulation(seed, true);
      List<String> faults = simulation.run();
      if (!faults.isEmpty() && seeds == 1) {
        System.out.println(simulation.trace());
      }
      assertThat(faults).as("faults of seed %s", seed).isEmpty();
    }
  }

  @Test
  void nothingIsRepairedWhereNothingWasLost() {
    for (long seed = FROM; seed < FROM + 100; seed++) {
      StreamSimulation simulation = new StreamSimulation(seed, false);
      assertThat(simulation.run()).as("faults of seed %s", seed).isEmpty();
      assertThat(simulation.repairs()).as("repairs of seed %s", seed).isZero();
    }
  }

  @Test
  void aSeedAlwaysGivesTheSame() {
    StreamSimulation one = new StreamSimulation(7, true);
    StreamSimulation other = new StreamSimulation(7, true);
    one.run();
    other.run();
    assertThat(other.trace()).isEqualTo(one.trace());
  }
}
