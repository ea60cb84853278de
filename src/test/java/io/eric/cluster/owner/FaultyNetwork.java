package io.eric.cluster.owner;

import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What lies between simulated nodes, and between nodes and publishers. It may drop, double and
 * delay what is sent, so that later messages come first, and may be cut in one direction.
 */
final class FaultyNetwork {

  private final SimulatedTime time;
  private final Random random;
  private final Set<Way> cuts = new HashSet<>();
  private Faults faults = Faults.NONE;

  /** How often, of a thousand messages, something happens to one. */
  record Faults(int dropped, int doubled, int late, int latestMs) {
    static final Faults NONE = new Faults(0, 0, 0, 0);
  }

  /** One direction between two nodes. */
  record Way(int from, int to) {}

  FaultyNetwork(SimulatedTime time, Random random) {
    this.time = time;
    this.random = random;
  }

  void fail(Faults how) {
    faults = how;
  }

  void cut(Way way) {
    cuts.add(way);
  }

  void mend(Way way) {
    cuts.remove(way);
  }

  void heal() {
    faults = Faults.NONE;
    cuts.clear();
  }

  /**
   * Sends a message.
   *
   * @param to the process that has the address when the message arrives
   */
  void send(Way way, Supplier<SimulatedLoop> to, Runnable message) {
    if (cuts.contains(way) || random.nextInt(1_000) < faults.dropped) {
      return;
    }
    deliver(to, message);
    if (random.nextInt(1_000) < faults.doubled) {
      deliver(to, message);
    }
  }

  private void deliver(Supplier<SimulatedLoop> to, Runnable message) {
    long micros = 100 + random.nextInt(3_000);
    if (random.nextInt(1_000) < faults.late) {
      micros += random.nextInt(faults.latestMs) * 1_000L;
    }
    time.in(micros * 1_000, () -> to.get().turn(message));
  }
}
