package io.eric.cluster.raft;

import io.eric.cluster.owner.ReplicaObserver;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.GroupEntry;
import io.eric.cluster.state.GroupEntryCodec;
import io.eric.cluster.state.GroupView;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the log of a group. An entry that cannot be applied ends the replica, because one that
 * skipped it would differ from the others from then on.
 */
final class GroupStateMachine extends BaseStateMachine {

  private static final Logger logger = LoggerFactory.getLogger(GroupStateMachine.class);

  private final int number;
  private final GroupApplier applier;
  private final Roles roles;
  private final Leaderships leaderships;
  private final Meters meters;
  private final Executor snapshotThread;
  private final SnapshotPolicy policy;
  private final SnapshotStore store = new SnapshotStore();

  private volatile RaftServer.@Nullable Division division;
  private volatile Runnable snapshotWritten = () -> {};

  /**
   * Creates the state machine of a group.
   *
   * @param number the group's number
   * @param snapshotThread where snapshots are written, one after the other
   */
  GroupStateMachine(
      int number,
      ReplicaObserver observer,
      Leaderships leaderships,
      SnapshotPolicy policy,
      Executor snapshotThread,
      Meters meters) {
    this.number = number;
    this.applier = new GroupApplier(observer);
    this.roles = new Roles(observer);
    this.leaderships = leaderships;
    this.policy = policy;
    this.snapshotThread = snapshotThread;
    this.meters = meters;
  }

  /** Returns what tells the observer of this replica's role. */
  Roles roles() {
    return roles;
  }

  /** Sets what lets Ratis purge the log when a snapshot is written; called on any thread. */
  void onSnapshotWritten(Runnable action) {
    snapshotWritten = action;
  }

  /** Returns a channel with everything that is applied; null if there is none. For any thread. */
  @Nullable ChannelView channel(String id) {
    return applier.channel(id);
  }

  // ---- entries

  /** What this process appends, it applies as it is. */
  @Override
  public TransactionContext startTransaction(RaftClientRequest request) {
    TransactionContext.Builder transaction =
        TransactionContext.newBuilder().setStateMachine(this).setClientRequest(request);
    if (request.getMessage() instanceof EntryMessage message) {
      transaction.setStateMachineContext(message.encoded().entry());
    }
    return transaction.build();
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    ByteString data = entry.getStateMachineLogEntry().getLogData();
    VerdictsMessage answer;
    try {
      answer = new VerdictsMessage(applier.apply(entry.getIndex(), entry(transaction, data)));
      updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
      if (policy.applied(data.size())) {
        beginSnapshot();
      }
    } catch (RuntimeException | Error e) {
      // A future that failed would be logged, and the entry skipped; only what is thrown ends the
      // replica.
      roles.failed(e);
      throw e;
    }
    meters.count(CounterName.GROUP_ENTRIES_APPLIED);
    return CompletableFuture.completedFuture(answer);
  }

  private static GroupEntry entry(TransactionContext transaction, ByteString data) {
    return transaction.getStateMachineContext() instanceof GroupEntry known
        ? known
        : GroupEntryCodec.read(data.toByteArray());
  }

  // ---- snapshots

  private void beginSnapshot() {
    policy.begun();
    GroupView view = applier.view();
    TermIndex at = getLastAppliedTermIndex();
    snapshotThread.execute(() -> write(view, at));
  }

  private void write(GroupView view, TermIndex at) {
    long begun = System.nanoTime();
    try {
      long bytes = store.write(view, at);
      policy.ended(bytes);
      meters.count(CounterName.GROUP_SNAPSHOTS_WRITTEN);
      meters.count(CounterName.GROUP_SNAPSHOT_BYTES, bytes);
      meters.count(CounterName.GROUP_SNAPSHOT_MS, (System.nanoTime() - begun) / 1_000_000);
      snapshotWritten.run();
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      // The log is kept then, so nothing is lost.
      policy.failed();
      logger.warn("a snapshot of group {} could not be written: {}", number, e.toString());
    }
  }

  /** Returns at once, because it holds up what is to be applied: snapshots are written aside. */
  @Override
  public long takeSnapshot() {
    return store.publish();
  }

  @Override
  public SnapshotStore getStateMachineStorage() {
    return store;
  }

  // ---- life cycle

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage)
      throws IOException {
    super.initialize(server, group, storage);
    division = server.getDivision(group);
    getLifeCycle()
        .startAndTransition(
            () -> {
              store.init(storage);
              SingleFileSnapshotInfo snapshot = store.getLatestSnapshot();
              if (snapshot != null) {
                restore(snapshot);
              }
            },
            IOException.class);
  }

  private void restore(SingleFileSnapshotInfo snapshot) throws IOException {
    applier.restore(SnapshotStore.read(snapshot));
    policy.restored(snapshot.getFile().getFileSize());
    setLastAppliedTermIndex(snapshot.getTermIndex());
  }

  /** A snapshot from the leader begins to arrive; this is called for each piece of it. */
  @Override
  public void pause() {
    if (getLifeCycleState() == LifeCycle.State.RUNNING) {
      getLifeCycle().transition(LifeCycle.State.PAUSING);
      getLifeCycle().transition(LifeCycle.State.PAUSED);
    }
  }

  /** The snapshot from the leader has arrived. Called on the thread that applies. */
  @Override
  public void reinitialize() throws IOException {
    try {
      restore(store.installed());
    } catch (IOException | RuntimeException e) {
      roles.failed(e);
      throw e;
    }
    meters.count(CounterName.GROUP_SNAPSHOTS_INSTALLED);
    getLifeCycle().transition(LifeCycle.State.STARTING);
    getLifeCycle().transition(LifeCycle.State.RUNNING);
  }

  /** The replica has ended, for whatever reason. */
  @Override
  public void close() {
    roles.follows();
    roles.ended();
  }

  @Override
  public void notifyServerShutdown(RoleInfoProto role, boolean all) {
    roles.ended();
  }

  @Override
  public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
    roles.failed(new IOException("the log of group " + number + " has failed", cause));
  }

  // ---- roles

  @Override
  public void notifyLeaderReady() {
    RaftServer.Division replica = division;
    if (replica != null) {
      roles.leads(replica.getInfo().getCurrentTerm(), () -> replica.getInfo().isLeaderReady());
    }
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pending) {
    leaderships.end(getGroupId());
    roles.follows();
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    if (!leader.equals(member.getPeerId())) {
      roles.follows();
    }
  }
}
