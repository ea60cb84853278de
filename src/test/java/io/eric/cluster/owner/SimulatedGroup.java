package io.eric.cluster.owner;

import io.eric.Payload;
import io.eric.cluster.owner.AppendHistory.Acknowledged;
import io.eric.cluster.owner.FaultyNetwork.Faults;
import io.eric.cluster.owner.FaultyNetwork.Way;
import io.eric.cluster.owner.SimulatedReplica.Item;
import io.eric.cluster.state.GroupView;
import io.eric.internal.protocol.ChannelResponse.Outcome;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command.Publish;
import io.eric.options.RetentionOptions;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A group of three nodes in one thread, publishers, and what happens to the nodes. Everything
 * follows from a seed.
 */
final class SimulatedGroup implements SimulatedReplica.Peers {

  private static final int NODES = 3;

  /** The place of publishers in the network. */
  private static final int OUTSIDE = -1;

  private static final int PUBLISHERS = 4;
  private static final long FAULTS_MS = 12_000;

  private static final long CREATE_MS = 300;
  private static final long READ_MS = 30;

  /** How long a fault lasts at most. */
  private static final int LONG_MS = 4_000;

  /** How long after the last fault every publisher has to have its answer. */
  private static final long SOON_MS = 4_000;

  /** How long after the last message the log has nothing more to drop. */
  private static final long QUIET_MS = 3_000;

  /** Those with publishers: the log keeps all of one, and drops old messages of the other. */
  private static final List<String> CHANNELS = List.of("all", "some");

  /** A channel that is deleted and created again. */
  private static final String PASSING = "passing";

  private static final RetentionOptions ALL =
      new RetentionOptions(1_000_000, 1L << 30, 315_360_000_000L, 1_000_000, 1L << 30, 0);
  private static final RetentionOptions SOME = new RetentionOptions(5, 1_000, 1_000, 20, 20_000, 0);

  final SimulatedTime time = new SimulatedTime();
  final Random random;
  private final FaultyNetwork network;
  private final List<String> faults = new ArrayList<>();
  private final StringBuilder trace = new StringBuilder();
  private final AppendHistory history = new AppendHistory(faults);
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<Publisher> publishers = new ArrayList<>();

  /** Where publishers are, whose lives are no part of this. */
  private final SimulatedLoop outside = new SimulatedLoop(time);

  private boolean unkind = true;
  private long acknowledgedIndex;

  private final List<Asked> answers = new ArrayList<>();

  /** What a process was asked, and has to answer if it lives. */
  private record Asked(String question, SimulatedNode.Life life, Future<Void> answer) {}

  SimulatedGroup(long seed) {
    this.random = new Random(seed);
    this.network = new FaultyNetwork(time, random);
    for (int i = 0; i < NODES; i++) {
      nodes.add(new SimulatedNode(this, i));
    }
    for (int i = 0; i < PUBLISHERS; i++) {
      publishers.add(new Publisher("p" + i, CHANNELS.get(i % CHANNELS.size())));
    }
  }

  static RetentionOptions retentionOf(String channel) {
    return channel.equals("all") ? ALL : SOME;
  }

  void note(String what) {
    trace.append(time.now() / 1_000_000).append(": ").append(what).append('\n');
  }

  void fault(String what) {
    note("FAULT " + what);
    faults.add(time.now() / 1_000_000 + ": " + what);
  }

  String trace() {
    return trace.toString();
  }

  int acknowledged() {
    return history.size();
  }

  long claims() {
    return history.claims();
  }

  /** Lets it all happen, and returns what was wrong. */
  List<String> run() {
    create();
    read();
    while (time.now() < FAULTS_MS * 1_000_000) {
      time.pass(20 + random.nextInt(500));
      somethingHappens();
    }
    heal();
    time.pass(SOON_MS);
    for (Publisher each : publishers) {
      if (!each.done) {
        fault(each.name + " waits for an answer for " + SOON_MS + " ms after the last fault");
      }
    }
    time.pass(QUIET_MS);
    history.check();
    checkViews();
    checkOwners();
    answers.forEach(this::checkAnswered);
    return faults;
  }

  /** One node owns the group and has its channels, all of them, and the others have none. */
  private void checkOwners() {
    int owners = 0;
    for (SimulatedNode node : nodes) {
      SimulatedNode.Life life = node.life();
      boolean owns = life.owner.state() == GroupOwner.State.OWNING;
      owners += owns ? 1 : 0;
      Set<String> expected = new HashSet<>();
      if (owns) {
        life.replica.state().view().channels().forEach(channel -> expected.add(channel.id()));
      }
      if (!life.openChannels().equals(expected)) {
        fault(node.number + " has " + life.openChannels() + " open instead of " + expected);
      }
    }
    if (owners != 1) {
      fault(owners + " nodes own the group");
    }
  }

  private void checkAnswered(Asked asked) {
    boolean lives = nodes.stream().anyMatch(node -> node.life() == asked.life);
    if (lives && !asked.answer.isComplete()) {
      fault("no answer to " + asked.question);
    }
  }

  private void checkViews() {
    GroupView first = nodes.get(0).life().replica.state().view();
    for (SimulatedNode node : nodes) {
      GroupView view = node.life().replica.state().view();
      if (!view.equals(first)) {
        fault("the states of 0 and " + node.number + " differ");
      }
      history.checkView(node.number, view, "all");
    }
  }

  private void create() {
    for (SimulatedNode node : nodes) {
      SimulatedNode.Life life = node.life();
      life.loop()
          .turn(
              () -> {
                CHANNELS.forEach(life::create);
                life.create(PASSING);
              });
    }
    if (unkind) {
      time.in(CREATE_MS * 1_000_000, this::create);
    }
  }

  // ---- faults

  private SimulatedNode anyNode() {
    return nodes.get(random.nextInt(NODES));
  }

  private void somethingHappens() {
    SimulatedNode node = anyNode();
    int ms = 100 + random.nextInt(random.nextInt(4) == 0 ? LONG_MS - 100 : 800);
    switch (random.nextInt(20)) {
      case 0 -> freeze(node, true, ms);
      case 1 -> freeze(node, false, ms);
      case 2 -> kill(node, ms);
      case 3 -> cut(new Way(node.number, anyNode().number), ms);
      case 4 -> {
        note(node.number + " is alone for " + ms);
        for (int i = 0; i < NODES; i++) {
          cut(new Way(node.number, i), ms);
          cut(new Way(i, node.number), ms);
        }
      }
      case 5 ->
          network.fail(
              new Faults(
                  random.nextInt(300),
                  random.nextInt(100),
                  random.nextInt(200),
                  1 + random.nextInt(1_000)));
      case 6 -> network.fail(Faults.NONE);
      case 7, 12, 13 -> campaign(node);
      case 8, 9, 14 -> handOver();
      case 10 -> {
        String channel = CHANNELS.get(random.nextInt(CHANNELS.size()));
        nodes.forEach(each -> each.life().loop().turn(() -> each.life().changeListeners(channel)));
      }
      case 15 -> nodes.forEach(each -> each.life().loop().turn(() -> each.life().delete(PASSING)));
      case 16, 17 -> leadForAMoment();
      default -> {} // nothing, for once
    }
  }

  private void freeze(SimulatedNode node, boolean whole, int ms) {
    if (node.life().isRunning()) {
      note((whole ? "" : "a thread of ") + node.number + " is frozen for " + ms);
      node.life().freeze(whole, ms);
    }
  }

  private void kill(SimulatedNode node, int ms) {
    if (node.life().isRunning()) {
      note(node.number + " dies for " + ms);
      node.life().die();
      time.in(
          ms * 1_000_000L,
          () -> {
            note(node.number + " is back");
            node.start();
          });
    }
  }

  private void cut(Way way, int ms) {
    if (way.from() != way.to()) {
      network.cut(way);
      time.in(ms * 1_000_000L, () -> network.mend(way));
    }
  }

  private void handOver() {
    for (SimulatedNode node : nodes) {
      SimulatedNode.Life life = node.life();
      if (life.isRunning() && life.owner.state() == GroupOwner.State.OWNING) {
        int to = (node.number + 1 + random.nextInt(NODES - 1)) % NODES;
        note(node.number + " hands over to " + to);
        Future<Void> handed = life.owner.handOver(String.valueOf(to));
        answers.add(new Asked("a hand-over to " + to, life, handed));
        handed.onComplete(done -> note(node.number + " has handed over"));
      }
    }
  }

  /** Another node leads, and soon the former one again, whose calls are held up meanwhile. */
  private void leadForAMoment() {
    for (SimulatedNode node : nodes) {
      SimulatedNode.Life life = node.life();
      if (life.isRunning() && life.replica.isLeader()) {
        SimulatedNode other = nodes.get((node.number + 1) % NODES);
        note(other.number + " leads instead of " + node.number + " for a moment");
        life.holdCalls(300 + random.nextInt(700));
        time.in(random.nextInt(50) * 1_000_000L, () -> campaign(other));
        time.in((100 + random.nextInt(200)) * 1_000_000L, () -> campaign(node));
      }
    }
  }

  private static void campaign(SimulatedNode node) {
    SimulatedNode.Life life = node.life();
    life.replicaLoop().turn(life.replica::campaign);
  }

  /** Asks nodes to be up to date, one after the other. */
  private void read() {
    read(anyNode());
    if (unkind) {
      time.in(READ_MS * 1_000_000, this::read);
    }
  }

  private void read(SimulatedNode node) {
    SimulatedNode.Life life = node.life();
    life.loop()
        .turn(
            () -> {
              long before = acknowledgedIndex;
              Future<Void> upToDate = life.rounds.next();
              answers.add(new Asked("a read index", life, upToDate));
              upToDate.onSuccess(
                  done -> {
                    if (life.replica.applied() < before) {
                      fault(node.number + " says it has applied " + before + ", and has not");
                    }
                  });
            });
  }

  /** No new faults begin, and those that are there end. */
  private void heal() {
    unkind = false;
    network.heal();
    time.pass(LONG_MS);
    note("all is well");
    publishers.forEach(each -> each.last = true);
  }

  // ---- what replicas ask

  @Override
  public int size() {
    return NODES;
  }

  @Override
  public void send(int from, int to, Consumer<SimulatedReplica> message) {
    SimulatedNode at = nodes.get(to);
    network.send(
        new Way(from, to), () -> at.life().replicaLoop(), () -> message.accept(at.life().replica));
  }

  @Override
  public boolean unkind() {
    return unkind;
  }

  @Override
  public void applied(long index, Item item) {
    history.applied(index, item);
  }

  @Override
  public void acknowledged(long index) {
    acknowledgedIndex = Math.max(acknowledgedIndex, index);
  }

  // ---- publishers

  /**
   * Publishes batches, one after the other, each until it is acknowledged by any node. Copies of
   * its attempts may arrive much later.
   */
  private final class Publisher {

    private static final long PATIENCE_MS = 400;

    private final String name;
    private final String channel;
    private int number = 1;
    private SimulatedNode at = anyNode();

    /** Whether the batch under way is the last one. */
    private boolean last;

    private boolean done;

    private Publisher(String name, String channel) {
      this.name = name;
      this.channel = channel;
      time.in(random.nextInt(1_000_000_000), this::publish);
    }

    private void publish() {
      if (last) {
        done = true;
        return;
      }
      List<Publish> batch = new ArrayList<>();
      for (int left = 1 + random.nextInt(3); left > 0; left--) {
        String key = name + "-" + number++;
        batch.add(new Publish(channel, null, "t", Payload.of(key), key, null));
      }
      attempt(batch, time.now());
    }

    /** Sometimes so long that the log that keeps some messages keeps none. */
    private long pauseMs() {
      return last ? 0 : random.nextInt(random.nextInt(8) == 0 ? 3_000 : 200);
    }

    private void attempt(List<Publish> batch, long begun) {
      boolean[] over = new boolean[1];
      Runnable again =
          () -> {
            if (!over[0]) {
              over[0] = true;
              at = anyNode();
              attempt(batch, begun);
            }
          };
      time.in(PATIENCE_MS * 1_000_000, again);
      SimulatedNode asked = at;
      network.send(
          new Way(OUTSIDE, asked.number),
          () -> asked.life().loop(),
          () ->
              asked
                  .life()
                  .publish(
                      channel,
                      batch,
                      (published, claim) -> {
                        boolean all = answered(batch, begun, published, claim);
                        network.send(
                            new Way(asked.number, OUTSIDE),
                            () -> outside,
                            () -> {
                              if (!all) {
                                time.in((10 + random.nextInt(50)) * 1_000_000L, again);
                              } else if (!over[0]) {
                                over[0] = true;
                                time.in(pauseMs() * 1_000_000, this::publish);
                              }
                            });
                      }));
    }
  }

  private boolean answered(
      List<Publish> batch, long begun, @Nullable Published published, long claim) {
    boolean all = published != null;
    for (int i = 0; published != null && i < batch.size(); i++) {
      Outcome outcome = published.outcomes().get(i);
      Publish message = batch.get(i);
      if (outcome.succeeded()) {
        history.acknowledged(
            new Acknowledged(
                message.channel(),
                String.valueOf(message.key()),
                outcome.sequence(),
                claim,
                begun,
                time.now()));
      } else {
        all = false;
      }
    }
    return all;
  }
}
