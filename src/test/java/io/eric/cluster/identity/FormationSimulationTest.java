package io.eric.cluster.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.cluster.identity.Formation.State;
import io.eric.cluster.identity.FormingNodes.Node;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that crash, restart, and lose their disks, over a network that fails, form one cluster. */
class FormationSimulationTest {

  private static final int SEEDS = 200;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void oneClusterIsFormedWhateverHappens(int size) {
    for (long seed = 0; seed < SEEDS; seed++) {
      FormingNodes world = run(size, seed, false);

      assertThat(world.everFormed).as("seed %s", seed).hasSize(1);
      assertThat(world.states()).as("seed %s", seed).containsOnly(State.FORMED);
      Membership membership = world.node("1").formation.membership();
      for (Node each : world.nodes.values()) {
        assertThat(each.formation.membership()).as("seed %s", seed).isEqualTo(membership);
        assertThat(each.formed.result()).isEqualTo(membership);
        assertThat(membership.has(each.name, each.storage)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void disksThatAreLostMakeNoSecondCluster(int size) {
    for (long seed = 0; seed < SEEDS; seed++) {
      FormingNodes world = run(size, seed, true);

      assertThat(world.clusters()).as("seed %s", seed).hasSize(1);
      assertThat(world.states()).as("seed %s", seed).contains(State.FORMED);
      for (Node each : world.nodes.values()) {
        if (each.state() != State.FORMED) {
          assertThat(each.state()).as("seed %s", seed).isEqualTo(State.MUST_REPLACE);
          world.nodes.values().stream()
              .filter(other -> other.state() == State.FORMED)
              .forEach(other -> other.formation.replaced(each.name, each.storage, 0));
          world.time.pass(5_000);
        }
      }
      assertThat(world.states()).as("seed %s", seed).containsOnly(State.FORMED);
    }
  }

  private static FormingNodes run(int size, long seed, boolean disksAreLost) {
    FormingNodes world = new FormingNodes(size, seed);
    world.dropped = world.random.nextInt(400);
    world.doubled = world.random.nextInt(300);
    world.late = world.random.nextInt(500);
    List<Node> nodes = new ArrayList<>(world.nodes.values());
    int groups = 3; // an operator changes the settings, one node after the other
    for (int i = 0; i < 60; i++) {
      Node one = nodes.get(world.random.nextInt(size));
      if (world.random.nextInt(10) == 0) {
        groups = 7 - groups;
      }
      if (!one.isUp()) {
        one.groups = groups;
        one.start();
      } else if (world.random.nextInt(3) > 0) {
        one.crash();
        if (disksAreLost && world.random.nextInt(4) == 0) {
          one.loseDisk();
        }
      }
      world.time.pass(world.random.nextInt(world.random.nextBoolean() ? 2_000 : 100));
      assertThat(world.clusters()).as("seed %s", seed).hasSizeLessThan(2);
    }
    world.dropped = 0;
    world.doubled = 0;
    world.late = 0;
    for (Node each : nodes) {
      if (each.isUp()) {
        each.crash();
      }
      each.groups = 3;
      each.start();
    }
    world.time.pass(20_000);
    return world;
  }
}
