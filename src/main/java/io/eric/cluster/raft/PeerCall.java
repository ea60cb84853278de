package io.eric.cluster.raft;

import io.eric.cluster.raft.EntriesUnderWay.Append;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call of another peer: one request, or a connection over which a leader sends entries. What is
 * refused never reaches Ratis; see {@link PeerServices} for what is.
 */
final class PeerCall<Q, R> extends ServerCall.Listener<Q> implements EntriesUnderWay.Connection {

  private static final Logger logger = LoggerFactory.getLogger(PeerCall.class);

  private static final Status TOO_EARLY =
      Status.UNAVAILABLE.withDescription("what came before is not written yet, or has failed");

  private final Terms terms;
  private final ServerCall<Q, R> call;
  private final ServerCall.Listener<Q> ratis;

  /** Whether this side has refused something, so that Ratis sends nothing more; guarded by call. */
  private volatile boolean refused;

  /** Whether Ratis has ended the call, which does not keep it from handling what comes after. */
  private volatile boolean closed;

  private @Nullable RaftGroupId readOf;
  private @Nullable EntriesUnderWay electionIn;
  private @Nullable RaftGroupId electionOf;

  /** What the call has sent entries for; null until it has. */
  private volatile @Nullable EntriesUnderWay entries;

  /** Whether the other side has given the call up; guarded by this, as is what follows. */
  private boolean cancelled;

  private boolean saidCancelled;

  /** What is the same for all calls. */
  interface Terms {

    /** Returns who this peer is. */
    RaftPeerId self();

    /** Returns whether this peer closes its groups. */
    boolean isEnding();

    /** Proves that this node leads a group, if it believes that it does. */
    CompletionStage<Void> proof(RaftGroupId group);

    /** Returns where reads go on that have waited for a proof. */
    Executor thread();

    /** Does something after some milliseconds, on a thread of its own; never if this peer ends. */
    void later(Runnable task, long ms);

    /** Returns what is under way to a group; null if there is no such group here. */
    @Nullable EntriesUnderWay entries(RaftGroupId group);

    /** A leader says up to which index a group's entries are committed. */
    void committed(RaftGroupId group, long index);
  }

  PeerCall(Terms terms, ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    this.terms = terms;
    this.call = call;
    this.ratis = next.startCall(new Answers(), headers);
  }

  @Override
  public boolean isOver() {
    return refused || closed;
  }

  @Override
  public void onMessage(Q message) {
    if (isOver()) {
      return;
    }
    if (terms.isEnding()) {
      refuse(Status.UNAVAILABLE.withDescription("this peer ends"));
      return;
    }
    RaftRpcRequestProto request = requestOf(message);
    if (request == null) {
      ratis.onMessage(message);
      return;
    }
    if (!RaftPeerId.valueOf(request.getReplyId()).equals(terms.self())) {
      refuse(Status.FAILED_PRECONDITION.withDescription("this peer is " + terms.self()));
      return;
    }
    RaftGroupId group = ProtoUtils.toRaftGroupId(request.getRaftGroupId());
    if (message instanceof ReadIndexRequestProto) {
      readOf = group;
    }
    Q handled = message;
    if (message instanceof AppendEntriesRequestProto append) {
      terms.committed(group, append.getLeaderCommit());
      @SuppressWarnings("unchecked") // it is a message of the same kind
      Q checked = (Q) withoutWrongCommit(append);
      handled = checked;
    }
    pass(handled, group);
  }

  private void pass(Q message, RaftGroupId group) {
    EntriesUnderWay ofGroup = terms.entries(group);
    if (ofGroup == null) {
      ratis.onMessage(message);
    } else if (!handle(message, group, ofGroup, () -> ratis.onMessage(message))) {
      refuse(group, ofGroup);
    }
  }

  /**
   * Takes from a request that follows on nothing the commit of what is not in it. Ratis believes
   * that such a request reaches to one entry more than it has ({@code effectiveCommitIndex} of
   * 3.2.2): a heartbeat would commit the first entry here, which may be one that a former leader
   * could not replicate. Then the replica would refuse the first entry of the leader for ever.
   */
  private static AppendEntriesRequestProto withoutWrongCommit(AppendEntriesRequestProto append) {
    if (append.hasPreviousLog()) {
      return append;
    }
    int count = append.getEntriesCount();
    long last = count == 0 ? RaftLog.INVALID_LOG_INDEX : append.getEntries(count - 1).getIndex();
    return append.getLeaderCommit() <= last
        ? append
        : append.toBuilder().setLeaderCommit(last).build();
  }

  private boolean handle(Q message, RaftGroupId group, EntriesUnderWay ofGroup, Runnable handling) {
    if (message instanceof AppendEntriesRequestProto append) {
      int count = append.getEntriesCount();
      if (count == 0) {
        return ofGroup.heartbeat(handling);
      }
      entries = ofGroup;
      LogEntryProto last = append.getEntries(count - 1);
      return ofGroup.append(
          new Append(
              this,
              append.getServerRequest().getCallId(),
              append.getEntries(0).getIndex(),
              last.getIndex(),
              last.getTerm()),
          handling);
    } else if (message instanceof InstallSnapshotRequestProto install) {
      return install.hasSnapshotChunk()
          ? ofGroup.snapshot(this, install.getSnapshotChunk().getRequestIndex(), handling)
          : ofGroup.afterAll(handling);
    } else if (message instanceof RequestVoteRequestProto
        || message instanceof StartLeaderElectionRequestProto) {
      electionIn = ofGroup; // Ratis handles it when the call is complete
      electionOf = group;
    }
    handling.run();
    return true;
  }

  private void refuse(@Nullable RaftGroupId group, EntriesUnderWay ofGroup) {
    logger.warn("what another node sends to group {} comes too early, {}", group, ofGroup);
    refuse(TOO_EARLY);
  }

  private void refuse(Status why) {
    synchronized (call) {
      if (!isOver()) {
        refused = true;
        call.close(why, new Metadata());
      }
    }
  }

  @Override
  public void onHalfClose() {
    if (isOver()) {
      return;
    }
    RaftGroupId group = readOf;
    if (group != null) {
      prove(group);
    } else if (electionIn == null) {
      ratis.onHalfClose();
    } else if (!electionIn.afterAll(ratis::onHalfClose)) {
      refuse(electionOf, electionIn);
    }
  }

  private void prove(RaftGroupId group) {
    terms
        .proof(group)
        .whenCompleteAsync(
            (proven, failure) -> {
              if (failure == null) {
                ratis.onHalfClose();
              } else {
                refuse(Status.UNAVAILABLE.withDescription("no majority confirms the leader"));
              }
            },
            terms.thread());
  }

  /**
   * The other side has given the call up. Ratis answers nothing any more when it knows that, so it
   * is told when nothing is under way.
   */
  @Override
  public void onCancel() {
    synchronized (this) {
      cancelled = true;
    }
    sayCancelled();
  }

  private void sayCancelled() {
    EntriesUnderWay taken = entries;
    synchronized (this) {
      if (!cancelled || saidCancelled || (taken != null && taken.isUnderWay(this))) {
        return;
      }
      saidCancelled = true;
    }
    ratis.onCancel();
  }

  @Override
  public void onComplete() {
    ratis.onComplete();
  }

  @Override
  public void onReady() {
    ratis.onReady();
  }

  private static @Nullable RaftRpcRequestProto requestOf(Object message) {
    if (message instanceof AppendEntriesRequestProto append) {
      return append.getServerRequest();
    } else if (message instanceof RequestVoteRequestProto vote) {
      return vote.getServerRequest();
    } else if (message instanceof InstallSnapshotRequestProto install) {
      return install.getServerRequest();
    } else if (message instanceof ReadIndexRequestProto read) {
      return read.getServerRequest();
    } else if (message instanceof StartLeaderElectionRequestProto start) {
      return start.getServerRequest();
    }
    return null;
  }

  /**
   * Sends what Ratis answers, and notes that it has.
   *
   * <p>An acknowledgement is held back until its entries are on the disk. Ratis waits for that by
   * the index of the last entry that it has written, which it does not lower when entries are
   * replaced ({@code WriteLogTasks} of 3.2.2), and not at all for entries that it finds in its log.
   */
  private final class Answers extends SimpleForwardingServerCall<Q, R> {

    private final HeldAnswers held = new HeldAnswers(terms::later);

    private Answers() {
      super(call);
    }

    @Override
    public void sendHeaders(Metadata headers) {
      synchronized (call) {
        if (!refused) {
          super.sendHeaders(headers);
        }
      }
    }

    @Override
    public void sendMessage(R message) {
      held.send(() -> isEarly(message), () -> send(message));
    }

    private boolean isEarly(R message) {
      EntriesUnderWay taken = entries;
      return taken != null
          && !isOver() // else it is not sent at all
          && message instanceof AppendEntriesReplyProto reply
          && !reply.getIsHearbeat()
          && reply.getResult() == AppendResult.SUCCESS
          && !taken.isWritten(reply.getMatchIndex());
    }

    private void send(R message) {
      try {
        synchronized (call) {
          if (!isOver()) {
            super.sendMessage(message);
          }
        }
      } finally {
        EntriesUnderWay taken = entries;
        if (taken != null
            && message instanceof AppendEntriesReplyProto reply
            && !reply.getIsHearbeat()) {
          taken.answered(PeerCall.this, reply.getServerReply().getCallId());
          sayCancelled();
        }
      }
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (status.isOk()) {
        held.send(() -> false, () -> end(status, trailers));
      } else {
        // What is held back is not sent any more, but counts as answered, which it is.
        end(status, trailers);
      }
    }

    private void end(Status status, Metadata trailers) {
      try {
        synchronized (call) {
          closed = true;
          if (!refused) {
            super.close(status, trailers);
          }
        }
      } finally {
        EntriesUnderWay taken = entries;
        if (taken != null) {
          if (status.isOk()) {
            taken.finished(PeerCall.this);
          } else {
            // Ratis names the request that has failed, and goes on with the others.
            taken.answered(PeerCall.this, GrpcUtil.getCallId(status.asRuntimeException(trailers)));
            taken.ended(PeerCall.this);
          }
          sayCancelled();
        }
      }
    }
  }
}
