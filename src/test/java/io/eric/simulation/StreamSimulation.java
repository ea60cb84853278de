package io.eric.simulation;

import io.eric.channel.internal.core.SimulatedOwner;
import io.eric.metrics.CounterName;
import io.eric.simulation.Network.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A run: a while of faults, then a while without, then a silence, and then one message that counts.
 */
final class StreamSimulation {

  private static final int CHANNELS = 2;
  private static final int NODES = 3;
  private static final int LISTENERS = 3;
  private static final int WATCHERS = 2;

  /** Two clients each take this listener from each other. */
  private static final String CONTESTED = "l0";

  private static final long FAULTY_MS = 20_000;
  private static final long STEP_MS = 50;

  /** So many intervals after the faults, nothing is to be missing any more. */
  private static final int HEALED_AFTER = 8;

  private static final int SILENT = 12;

  private final Hub hub;

  /**
   * Whether logs keep what all have acknowledged, for clients that come back with an old position.
   * Where they do not, no client loses what is on its way to it, and none takes over from another.
   */
  private final boolean keepsAll;

  private final int watchers;

  /** Whether anything goes wrong but that clients are slow and leave. */
  private final boolean isFaulty;

  StreamSimulation(long seed, boolean isFaulty) {
    this.isFaulty = isFaulty;
    this.keepsAll = seed % 3 != 0;
    this.watchers = keepsAll ? WATCHERS : 0;
    this.hub =
        new Hub(
            seed,
            keepsAll ? SimulatedOwner.KEEPS_ALL : SimulatedOwner.KEEPS_UNREAD,
            NODES,
            CHANNELS);
  }

  /** What was wrong; empty if nothing was. */
  List<String> run() {
    for (String channel : hub.logs.keySet()) {
      for (int i = 0; i < LISTENERS; i++) {
        String listener = "l" + i;
        hub.owner(channel).add(listener);
        hub.clients.add(new Client(hub, channel + "/" + listener, channel, listener));
      }
      if (keepsAll) {
        Client rival = new Client(hub, channel + "/rival", channel, CONTESTED);
        rival.stayAway();
        hub.clients.add(rival);
      }
      for (int i = 0; i < watchers; i++) {
        hub.clients.add(new Client(hub, channel + "/w" + i, channel, null));
      }
    }
    hub.clients.stream().filter(client -> !client.isAway()).forEach(Client::connect);
    pass(1_000);
    int dropped = 20 + hub.random.nextInt(300);
    int doubled = hub.random.nextInt(150);
    int late = hub.random.nextInt(150);
    if (isFaulty) {
      hub.network.fail(new Faults(dropped, doubled, late, 4_000));
    }
    for (long ms = 0; ms < FAULTY_MS; ms += STEP_MS) {
      somethingHappens();
      pass(STEP_MS);
    }
    hub.network.fail(Faults.NONE);
    hub.note("the faults end");
    hub.clients.forEach(client -> client.setSlow(false));
    pass(6_000); // the last frozen node has thawed, the last dead one is back
    pass(HEALED_AFTER * Hub.INTERVAL_MS);
    everybodyHasEverything("when all is healed");
    nobodyIsLeftOver();
    pass(SILENT * Hub.INTERVAL_MS);
    hub.logs.keySet().forEach(channel -> hub.publish(channel, null));
    pass(Hub.INTERVAL_MS);
    everybodyHasEverything("after a silence and one more message");
    return hub.faults;
  }

  /** How often a statement found that an edge and an owner differed about a stream. */
  long repairs() {
    return hub.meters.get(CounterName.STREAM_REPAIRS);
  }

  String trace() {
    return hub.trace.toString();
  }

  private void pass(long ms) {
    hub.time.pass(ms);
  }

  private void somethingHappens() {
    int chance = hub.random.nextInt(1_000);
    List<String> channels = new ArrayList<>(hub.logs.keySet());
    String channel = channels.get(hub.random.nextInt(channels.size()));
    Node node = hub.nodes.get(hub.random.nextInt(NODES));
    Client client = hub.clients.get(hub.random.nextInt(hub.clients.size()));
    if (chance < 250) {
      hub.publish(channel, null);
    } else if (chance < 350) {
      hub.publish(channel, "l" + hub.random.nextInt(LISTENERS));
    } else if (chance < 380) {
      for (int i = 0; i < 40; i++) {
        hub.publish(channel, null);
      }
    } else if (chance < 420) {
      if (keepsAll) {
        client.leave();
      }
    } else if (chance < 440) {
      client.setSlow(hub.random.nextBoolean());
    } else if (chance >= 468 && chance < 478 && client.isAway()) {
      client.takeListener();
    } else if (!isFaulty) {
      return;
    } else if (chance < 452) {
      hub.freeze(node, 200 + hub.random.nextInt(4_800));
    } else if (chance < 458) {
      if (keepsAll) {
        hub.kill(node, hub.random.nextInt(3_000));
      }
    } else if (chance < 468) {
      hub.failOver(channel);
    }
  }

  private void everybodyHasEverything(String when) {
    for (Client client : hub.clients) {
      if (client.isAway()) {
        continue;
      }
      if (!client.isConnected()) {
        hub.fail(client.name + " has no stream " + when);
        continue;
      }
      List<Long> expected = hub.expected(client.channel, client.start(), client.listener);
      if (!expected.equals(client.received)) {
        hub.fail(client.name + " " + when + ": " + difference(expected, client.received));
      }
    }
    for (String channel : hub.logs.keySet()) {
      long holders = present(channel).filter(c -> CONTESTED.equals(c.listener)).count();
      if (holders != 1) {
        hub.fail(holders + " clients have " + CONTESTED + " of " + channel + ' ' + when);
      }
    }
  }

  private Stream<Client> present(String channel) {
    return hub.clients.stream().filter(c -> c.channel.equals(channel) && !c.isAway());
  }

  private static String difference(List<Long> expected, List<Long> received) {
    TreeSet<Long> missing = new TreeSet<>(expected);
    missing.removeAll(received);
    TreeSet<Long> once = new TreeSet<>();
    TreeSet<Long> twice = new TreeSet<>();
    for (long sequence : received) {
      if (!once.add(sequence)) {
        twice.add(sequence);
      }
    }
    once.removeAll(expected);
    return missing + " are missing, " + twice + " came twice, " + once + " were not for it";
  }

  private void nobodyIsLeftOver() {
    for (String channel : hub.logs.keySet()) {
      long readers = present(channel).count();
      List<String> streams = hub.owner(channel).streams();
      if (streams.size() != readers) {
        hub.fail(channel + " has " + streams + " for " + readers + " clients");
      }
      if (hub.owner(channel).listeners() != LISTENERS + watchers) {
        hub.fail(channel + " has " + hub.owner(channel).listeners() + " listeners");
      }
    }
  }
}
