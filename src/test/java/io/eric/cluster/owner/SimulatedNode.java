package io.eric.cluster.owner;

import io.eric.Payload;
import io.eric.UnavailableException;
import io.eric.channel.internal.core.SimulatedChannel;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.GroupState;
import io.eric.cluster.state.GroupView;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Verdict;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command.Publish;
import io.eric.log.MessageLog;
import io.eric.metrics.Meters;
import io.eric.simulation.SimulatedLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/** A node of the simulation: a process that dies and comes back, and the disk that outlives it. */
final class SimulatedNode {

  private static final EntryLimits LIMITS = new EntryLimits(1_500, 3, 1 << 20);

  final int number;
  private final SimulatedGroup group;
  private final SimulatedReplica.Disk disk = new SimulatedReplica.Disk();
  private int lives;
  private Life life;

  SimulatedNode(SimulatedGroup group, int number) {
    this.group = group;
    this.number = number;
    start();
  }

  /** Begins a new life. */
  void start() {
    life = new Life(new Owner(String.valueOf(number), "life " + ++lives));
  }

  Life life() {
    return life;
  }

  /**
   * One life of the process. Its parts run on threads of their own, each of which may be held up
   * while the others go on: the replica, the calls to the replica, and the event loop.
   */
  final class Life implements ReplicaObserver, GroupOwner.Channels {

    private final Owner me;
    private final SimulatedLoop replicaLoop = newLoop();
    private final SimulatedLoop callsLoop = newLoop();
    private final SimulatedLoop loop = newLoop();
    private final List<SimulatedLoop> loops = List.of(replicaLoop, callsLoop, loop);

    /** What the threads of the replica tell the event loop. */
    private final SimulatedThread toLoop;

    private final SimulatedThread verdicts;
    private final Meters meters = new Meters();
    final SimulatedReplica replica;
    final GroupOwner owner;
    final ReadIndexRounds rounds;
    private final Map<String, Opened> there = new HashMap<>();

    /** Channels of which a step is under way, to notice steps that overlap. */
    private final Set<String> busy = new HashSet<>();

    /** A channel and the claim under which it is open. */
    private record Opened(SimulatedChannel channel, long claim) {}

    private Life(Owner me) {
      this.me = me;
      this.toLoop = new SimulatedThread(group.time, loop, group.random);
      this.verdicts = new SimulatedThread(group.time, loop, group.random);
      SimulatedThread thread = new SimulatedThread(group.time, callsLoop, group.random);
      this.replica =
          new SimulatedReplica(
              number, disk, group, group.time, replicaLoop, callsLoop, group.random, this);
      this.owner = new GroupOwner(me, replica, thread, loop, this, LIMITS);
      this.rounds = new ReadIndexRounds(replica::readIndex, thread, loop);
    }

    private SimulatedLoop newLoop() {
      return new SimulatedLoop(group.time, group.random);
    }

    SimulatedLoop replicaLoop() {
      return replicaLoop;
    }

    SimulatedLoop loop() {
      return loop;
    }

    boolean isRunning() {
      return loops.stream().allMatch(SimulatedLoop::isRunning);
    }

    /** Freezes the whole process, or one thread of it, for a while. */
    void freeze(boolean whole, long ms) {
      List<SimulatedLoop> frozen = new ArrayList<>(loops);
      Collections.shuffle(frozen, group.random);
      List<SimulatedLoop> held = whole ? frozen : frozen.subList(0, 1);
      held.forEach(SimulatedLoop::freeze);
      group.time.in(ms * 1_000_000, () -> held.forEach(SimulatedLoop::thaw));
    }

    /** Holds the calls to the replica up. */
    void holdCalls(long ms) {
      callsLoop.freeze();
      group.time.in(ms * 1_000_000, callsLoop::thaw);
    }

    void die() {
      loops.forEach(SimulatedLoop::die);
    }

    /** Returns the channels that are open here. */
    Set<String> openChannels() {
      return there.keySet();
    }

    // ---- what the replica tells

    @Override
    public void leads(long term) {
      toLoop.execute(() -> owner.leads());
    }

    @Override
    public void follows() {
      toLoop.execute(() -> owner.follows());
    }

    @Override
    public void failed(Throwable reason) {
      toLoop.execute(() -> owner.failed());
    }

    @Override
    public void claimed(GroupState state) {
      long claim = state.claim();
      Owner who = Objects.requireNonNull(state.owner());
      GroupView view = who.equals(me) ? state.view() : null;
      toLoop.execute(() -> owner.claimed(claim, who, view));
    }

    @Override
    public void channelChanged(ChannelView channel) {
      toLoop.execute(() -> owner.channelChanged(channel));
    }

    @Override
    public void deleted(String channel) {
      toLoop.execute(() -> owner.deleted(channel));
    }

    @Override
    public void restored(GroupState state) {}

    // ---- channels

    @Override
    public Future<Void> open(ChannelView channel, Tenure tenure) {
      String id = channel.id();
      begin(id, "opened");
      if (there.containsKey(id)) {
        group.fault(id + " is open twice on " + number);
      }
      return later(
              () -> {
                if (group.unkind() && group.random.nextInt(20) == 0) {
                  throw new IllegalStateException("no room");
                }
                MessageLog log =
                    ReplicatedStore.open(
                        channel,
                        SimulatedGroup.retentionOf(id),
                        loop,
                        changes -> propose(id, changes, tenure),
                        () -> tenure.end(new UnavailableException("refused")));
                SimulatedChannel opened =
                    new SimulatedChannel(id, log, SimulatedGroup.retentionOf(id), loop, meters);
                there.put(id, new Opened(opened, tenure.claim()));
              })
          .compose(opened -> started(id))
          .onComplete(done -> busy.remove(id));
    }

    /**
     * Some channels publish something of their own when they are opened, and some fail after that,
     * so that they are closed and opened again.
     */
    private Future<Void> started(String id) {
      if (!group.unkind() || group.random.nextInt(5) > 0) {
        return Future.succeededFuture();
      }
      Opened opened = Objects.requireNonNull(there.get(id));
      String key = "start" + group.random.nextInt(Integer.MAX_VALUE) + "-1";
      opened.channel.publish(
          List.of(new Publish(id, null, "t", Payload.of(key), key, null)), published -> {});
      if (group.random.nextBoolean()) {
        return Future.succeededFuture();
      }
      there.remove(id);
      return later(() -> {})
          .compose(soon -> opened.channel.leave(false))
          .transform(left -> Future.failedFuture("it cannot start"));
    }

    private Future<Verdict> propose(String channel, List<Change> changes, Tenure tenure) {
      Promise<Verdict> verdict = Promise.promise();
      Promise<Verdict> onLoop = Promise.promise();
      verdict.future().onComplete(done -> verdicts.execute(() -> onLoop.handle(done)));
      tenure.propose(channel, changes, verdict);
      return onLoop.future();
    }

    @Override
    public Future<Void> close(String id, boolean inOrder) {
      begin(id, "closed");
      Opened closing = there.remove(id);
      Future<Void> left =
          closing == null ? Future.succeededFuture() : closing.channel.leave(inOrder);
      return left.transform(done -> later(() -> busy.remove(id)));
    }

    private void begin(String channel, String what) {
      if (!busy.add(channel)) {
        group.fault(
            channel + " is " + what + " on " + number + " before the step before has ended");
      }
    }

    /** Does something soon; sometimes not so soon. */
    private Future<Void> later(Runnable action) {
      Promise<Void> done = Promise.promise();
      boolean slow = group.unkind() && group.random.nextInt(50) == 0;
      loop.after(
          group.random.nextInt(slow ? 3_000 : 20),
          () -> {
            try {
              action.run();
              done.complete();
            } catch (RuntimeException e) {
              done.fail(e);
            }
          });
      return done.future();
    }

    // ---- what publishers ask

    /**
     * Publishes.
     *
     * @param answer gets the answer, with the claim of the tenure that gave it; null if the channel
     *     is not open here
     */
    void publish(
        String channel, List<Publish> messages, ObjLongConsumer<@Nullable Published> answer) {
      Opened opened = there.get(channel);
      if (opened == null) {
        answer.accept(null, 0);
      } else {
        opened.channel.publish(messages, published -> answer.accept(published, opened.claim));
      }
    }

    /** Creates a channel, if this node owns the group. */
    void create(String channel) {
      Change.Create create =
          new Change.Create(group.time.now(), "epoch" + group.random.nextInt(), "{}");
      owner.create(channel, create, Promise.promise());
    }

    /** Deletes a channel, which ends here at once, whatever becomes of its log. */
    void delete(String channel) {
      Opened opened = there.get(channel);
      if (opened != null && !busy.contains(channel)) {
        there.remove(channel);
        opened.channel.delete();
      }
    }

    /** Adds or removes a listener. */
    void changeListeners(String channel) {
      Opened opened = there.get(channel);
      if (opened != null) {
        String listener = "l" + group.random.nextInt(3);
        if (group.random.nextInt(3) > 0) {
          opened.channel.add(listener);
        } else {
          opened.channel.remove(listener);
        }
      }
    }
  }
}
