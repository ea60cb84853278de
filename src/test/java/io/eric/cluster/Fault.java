package io.eric.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What goes wrong in a trial. A round begins with all nodes running and ends so; what a round needs
 * and is not there on this machine skips the trial.
 */
enum Fault {
  /** One node is killed, and started a while later. */
  KILL {
    @Override
    void round(Trial trial) throws Exception {
      Node victim = trial.any();
      victim.kill();
      trial.pause(500, 4_000);
      trial.restart(victim);
    }
  },

  /** Two nodes are killed, one just after the other. */
  DOUBLE_KILL {
    @Override
    void round(Trial trial) throws Exception {
      Node first = trial.any();
      Node second = trial.others(first).get(trial.random.nextInt(2));
      first.kill();
      trial.pause(600);
      second.kill();
      trial.pause(0, 3_000);
      first.start();
      second.start();
      first.awaitReady();
      second.awaitReady();
    }
  },

  /** All nodes are killed at a time. */
  FULL_STOP {
    @Override
    void round(Trial trial) throws Exception {
      for (Node node : trial.cluster.nodes) {
        node.kill();
      }
      for (Node node : trial.cluster.nodes) {
        node.start();
      }
      for (Node node : trial.cluster.nodes) {
        node.awaitReady();
      }
    }
  },

  /** One node stops and goes on, as a machine that hangs. */
  FREEZE {
    @Override
    void round(Trial trial) throws Exception {
      freeze(trial, trial.any(), 7_000 + trial.random.nextInt(trial.isLong ? 3_001 : 1_001));
    }
  },

  /** The same for ten seconds each time. */
  FREEZE_10_S {
    @Override
    void round(Trial trial) throws Exception {
      freeze(trial, trial.any(), 10_000);
    }
  },

  /**
   * What one node sends to another one is lost, or what it sends to both, or what both send to it.
   */
  ONE_WAY_LOSS {
    @Override
    void round(Trial trial) throws Exception {
      assumeCuts(trial);
      Node node = trial.any();
      Node other = trial.others(node).get(trial.random.nextInt(2));
      Network network = trial.cluster.network;
      int which = trial.random.nextInt(3);
      trial.faulty(
          trial.cluster.nodes,
          () -> {
            switch (which) {
              case 0 -> network.lose(node.number, other.number);
              case 1 -> {
                for (Node to : trial.others(node)) {
                  network.lose(node.number, to.number);
                }
              }
              default -> {
                for (Node from : trial.others(node)) {
                  network.lose(from.number, node.number);
                }
              }
            }
            trial.pause(4_000, trial.isLong ? 15_000 : 6_000);
            healAll(trial);
          });
    }
  },

  /** One node is cut off from the others and from all clients. */
  CUT {
    @Override
    void round(Trial trial) throws Exception {
      assumeCuts(trial);
      Node node = trial.any();
      trial.faulty(
          List.of(node),
          () -> {
            trial.cluster.network.cut(node.number);
            trial.pause(4_000, trial.isLong ? 20_000 : 6_000);
            healAll(trial);
          });
    }
  },

  /** All nodes are cut from each other, and clients reach each of them. */
  ALL_APART {
    @Override
    void round(Trial trial) throws Exception {
      assumeCuts(trial);
      trial.faulty(
          trial.cluster.nodes,
          () -> {
            for (Node from : trial.cluster.nodes) {
              for (Node to : trial.others(from)) {
                trial.cluster.network.lose(from.number, to.number);
              }
            }
            trial.pause(trial.isLong ? 15_000 : 6_000);
            healAll(trial);
          });
    }
  },

  /** Wall clocks jump by seconds to an hour, forward and back. */
  CLOCK_JUMP {
    private static final List<Integer> JUMPS = List.of(3, 60, 3_600, -3_600, -60, -5, 86_400);

    private Clock clock(Trial trial, Node node) throws Exception {
      Path offset = node.log().resolveSibling("clock" + node.number);
      Optional<Clock> clock = Clock.of(offset);
      boolean isRequired = "1".equals(System.getenv("ERIC_REQUIRE_ALL"));
      assumeTrue(
          isRequired || clock.isPresent(), "a clock that can be set needs the package libfaketime");
      return clock.orElseThrow();
    }

    private List<Node> victims(Trial trial) {
      return trial.isLong ? trial.cluster.nodes : trial.cluster.nodes.subList(0, 1);
    }

    @Override
    void begin(Trial trial) throws Exception {
      for (Node node : victims(trial)) {
        Clock clock = clock(trial, node);
        node.kill();
        node.start(clock.environment());
        node.awaitReady();
      }
    }

    @Override
    void round(Trial trial) throws Exception {
      Node victim = victims(trial).get(trial.random.nextInt(victims(trial).size()));
      clock(trial, victim).jump(JUMPS.get(trial.random.nextInt(JUMPS.size())));
      trial.pause(1_500, trial.isLong ? 6_000 : 2_500);
      if (trial.random.nextInt(3) == 0) {
        clock(trial, victim).jump(0);
        trial.pause(1_500, 2_500);
      }
    }

    @Override
    void end(Trial trial) throws Exception {
      for (Node node : victims(trial)) {
        clock(trial, node).jump(0);
      }
    }
  },

  /** What a node writes is held up again and again; once for longer than publishers wait. */
  SLOW_DISK {
    @Override
    void round(Trial trial) throws Exception {
      Node node = trial.cluster.nodes.get(1);
      assumeTrue(
          node.disk.kind() == Disk.Kind.PAUSING,
          "a disk that can be held up needs root, mkfs.ext4, loop devices and fsfreeze");
      int longest = trial.isLong && trial.random.nextInt(4) == 0 ? 15_000 : 1_500;
      trial.faulty(
          List.of(node),
          () -> {
            try {
              for (int i = 0; i < 5; i++) {
                node.disk.pause();
                trial.pause(i == 2 ? longest : 300);
                node.disk.resume();
                trial.pause(50, 300);
              }
            } finally {
              node.disk.resume();
            }
          });
      if (!node.isRunning() || node.health().getString("status").equals("DOWN")) {
        node.kill();
        trial.restart(node);
      }
    }
  },

  /** A node's disk has no room; when it has some again, the node is started again. */
  FULL_DISK {
    @Override
    void round(Trial trial) throws Exception {
      Node node = trial.cluster.nodes.get(2);
      assumeTrue(node.disk.kind() == Disk.Kind.SMALL, "a disk that can be full needs root");
      trial.faulty(
          List.of(node),
          () -> {
            node.disk.fill();
            trial.pause(3_000, trial.isLong ? 20_000 : 4_000);
            node.disk.free();
          });
      node.kill();
      trial.restart(node);
    }
  },

  /**
   * A node is killed, and the last record of its logs is half written, or half a record more. The
   * others are up, because what is cut off may have been on the disk.
   */
  TORN_RECORD {
    @Override
    void round(Trial trial) throws Exception {
      assumeTrue(trial.cluster.network.canCut(), "nodes of one machine share their directory");
      trial.cluster.awaitWhole();
      Node node = trial.any();
      node.kill();
      TornLog.tear(node.disk.directory(), trial.random);
      trial.restart(node);
      trial.cluster.awaitWhole();
    }
  },

  /** One node after the other ends in order and starts. */
  ROLLING_RESTART {
    @Override
    void begin(Trial trial) {
      trial.load.waitAsTold();
    }

    @Override
    void round(Trial trial) throws Exception {
      for (Node node : trial.cluster.nodes) {
        int status = node.terminate();
        if (status != 0) {
          throw new AssertionError(
              "node " + node.number + " ended with " + status + ": " + node.logText());
        }
        trial.restart(node);
        trial.cluster.awaitWhole();
      }
    }
  },

  /** Kills, starts, freezes, cuts and one-way loss at random moments, so that they overlap. */
  CHAOS {
    @Override
    void round(Trial trial) throws Exception {
      assumeCuts(trial);
      trial.faulty(
          trial.cluster.nodes,
          () -> {
            Set<Node> frozen = new HashSet<>();
            for (int step = 0; step < 8; step++) {
              chaos(trial, trial.any(), frozen);
              trial.pause(200, trial.isLong ? 5_000 : 1_500);
            }
            for (Node node : frozen) {
              node.thaw();
            }
            healAll(trial);
            trial.cluster.repair();
          });
    }

    private void chaos(Trial trial, Node node, Set<Node> frozen) throws Exception {
      Network network = trial.cluster.network;
      if (!node.isRunning()) {
        node.start();
        return;
      }
      if (frozen.remove(node)) {
        node.thaw();
        return;
      }
      switch (trial.random.nextInt(6)) {
        case 0 -> node.kill();
        case 1, 2 -> {
          node.freeze();
          frozen.add(node);
        }
        case 3 -> network.cut(node.number);
        case 4 -> network.lose(node.number, trial.others(node).get(0).number);
        default -> network.heal(node.number);
      }
    }
  };

  /** What is done before the first round. */
  void begin(Trial trial) throws Exception {}

  abstract void round(Trial trial) throws Exception;

  /** What is done after the last round. */
  void end(Trial trial) throws Exception {}

  /** Returns what its trial is called; channels begin with it. */
  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static void assumeCuts(Trial trial) {
    assumeTrue(
        trial.cluster.network.canCut(), "cutting a link needs network namespaces, so root and ip");
  }

  private static void healAll(Trial trial) throws Exception {
    for (Node node : new ArrayList<>(trial.cluster.nodes)) {
      trial.cluster.network.heal(node.number);
    }
  }

  private static void freeze(Trial trial, Node victim, int ms) throws Exception {
    trial.faulty(
        List.of(victim),
        () -> {
          victim.freeze();
          trial.pause(ms);
          victim.thaw();
        });
    trial.pause(0, 3_000);
  }
}
