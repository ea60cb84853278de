package io.eric.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * What lies between the nodes. While it is at fault, each message may be dropped, delayed, doubled
 * or overtaken by later ones; else what one node sends another arrives once, and in order.
 */
final class Network {

  private final SimulatedTime time;
  private final Random random;
  private final Map<String, Long> lastArrival = new HashMap<>();
  private Faults faults = Faults.NONE;

  /** How often, of a thousand messages, something happens to one. */
  record Faults(int dropped, int doubled, int late, long latestMs) {
    static final Faults NONE = new Faults(0, 0, 0, 0);
  }

  Network(SimulatedTime time, Random random) {
    this.time = time;
    this.random = random;
  }

  void fail(Faults how) {
    faults = how;
  }

  /** Takes a message to a node's loop. */
  void send(String from, Node to, Runnable message) {
    if (random.nextInt(1_000) < faults.dropped) {
      return;
    }
    deliver(from, to, message);
    if (random.nextInt(1_000) < faults.doubled) {
      deliver(from, to, message);
    }
  }

  private void deliver(String from, Node to, Runnable message) {
    long delay = (1 + random.nextInt(5)) * 1_000_000L;
    String way = from + ">" + to.name;
    if (random.nextInt(1_000) < faults.late) {
      delay += (long) (random.nextDouble() * faults.latestMs * 1_000_000);
    } else {
      long arrival = Math.max(time.now() + delay, lastArrival.getOrDefault(way, 0L));
      lastArrival.put(way, arrival);
      delay = arrival - time.now();
    }
    SimulatedLoop loop = to.loop();
    time.in(delay, () -> loop.turn(message));
  }
}
