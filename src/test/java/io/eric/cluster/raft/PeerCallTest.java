package io.eric.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto.SnapshotChunkProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A call at a replica that has no entries, and what Ratis and the other side hear of it. */
class PeerCallTest {

  private static final String SELF = "1_self";
  private static final RaftGroupId GROUP = RaftIds.group("test", 0);

  private final AtomicLong seconds = new AtomicLong();
  private final EmptyLog log = new EmptyLog();
  private final EntriesUnderWay entries =
      new EntriesUnderWay(log, () -> TimeUnit.SECONDS.toNanos(seconds.incrementAndGet()));
  private final CompletableFuture<Void> proof = new CompletableFuture<>();
  private final Deque<Runnable> later = new ArrayDeque<>();
  private final List<Long> committed = new ArrayList<>();
  private boolean isEnding;

  /** What Ratis was given, and what the other side was. */
  private final List<String> ratis = new ArrayList<>();

  /** What the requests with entries and heartbeats that Ratis was given commit. */
  private final List<Long> commits = new ArrayList<>();

  private final List<String> peer = new ArrayList<>();

  /** Through which Ratis answers. */
  private ServerCall<Object, Object> answers;

  private PeerCall<Object, Object> call;

  private static final class EmptyLog implements EntriesUnderWay.Log {
    private long written = Long.MAX_VALUE;

    @Override
    public long next() {
      return 0;
    }

    @Override
    public boolean has(long term, long index) {
      return false;
    }

    @Override
    public long written() {
      return written;
    }
  }

  private final class FixedTerms implements PeerCall.Terms {
    @Override
    public RaftPeerId self() {
      return RaftPeerId.valueOf(SELF);
    }

    @Override
    public boolean isEnding() {
      return isEnding;
    }

    @Override
    public CompletableFuture<Void> proof(RaftGroupId group) {
      return proof;
    }

    @Override
    public Executor thread() {
      return Runnable::run;
    }

    @Override
    public void later(Runnable task, long ms) {
      later.add(task);
    }

    @Override
    public EntriesUnderWay entries(RaftGroupId group) {
      return entries;
    }

    @Override
    public void committed(RaftGroupId group, long index) {
      committed.add(index);
    }
  }

  private final class RecordingCall extends ServerCall<Object, Object> {
    @Override
    public void request(int count) {
      // Nothing flows here.
    }

    @Override
    public void sendHeaders(Metadata headers) {
      peer.add("headers");
    }

    @Override
    public void sendMessage(Object message) {
      AppendEntriesReplyProto reply = (AppendEntriesReplyProto) message;
      peer.add("answer " + reply.getServerReply().getCallId());
    }

    @Override
    public void close(Status status, Metadata trailers) {
      peer.add(status.getCode().toString());
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<Object, Object> getMethodDescriptor() {
      throw new UnsupportedOperationException();
    }
  }

  private final class RecordingListener extends ServerCall.Listener<Object> {
    @Override
    public void onMessage(Object message) {
      ratis.add(message.getClass().getSimpleName());
      if (message instanceof AppendEntriesRequestProto append) {
        commits.add(append.getLeaderCommit());
      }
    }

    @Override
    public void onHalfClose() {
      ratis.add("half close");
    }

    @Override
    public void onCancel() {
      ratis.add("cancel");
    }
  }

  @BeforeEach
  void begin() {
    call = newCall();
  }

  private PeerCall<Object, Object> newCall() {
    return new PeerCall<>(
        new FixedTerms(),
        new RecordingCall(),
        new Metadata(),
        (answersOfRatis, headers) -> {
          answers = answersOfRatis;
          return new RecordingListener();
        });
  }

  private static RaftRpcRequestProto.Builder to(String peer, long number) {
    return RaftRpcRequestProto.newBuilder()
        .setRequestorId(RaftPeerId.valueOf("2_other").toByteString())
        .setReplyId(RaftPeerId.valueOf(peer).toByteString())
        .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(GROUP))
        .setCallId(number);
  }

  private static AppendEntriesRequestProto append(long number, long first, int count) {
    AppendEntriesRequestProto.Builder append =
        AppendEntriesRequestProto.newBuilder()
            .setServerRequest(to(SELF, number))
            .setLeaderCommit(number + 100);
    for (long index = first; index < first + count; index++) {
      append.addEntries(LogEntryProto.newBuilder().setTerm(1).setIndex(index));
    }
    return append.build();
  }

  private void answer(long number, boolean isHeartbeat) {
    answers.sendMessage(reply(number).setIsHearbeat(isHeartbeat).build());
  }

  private static AppendEntriesReplyProto.Builder reply(long number) {
    return AppendEntriesReplyProto.newBuilder()
        .setServerReply(RaftRpcReplyProto.newBuilder().setCallId(number))
        .setResult(AppendResult.SUCCESS);
  }

  private void look() {
    later.remove().run();
  }

  @Test
  void anAcknowledgementWaitsUntilItsEntriesAreOnTheDiskAndWhatFollowsWaitsBehindIt() {
    log.written = 4;
    call.onMessage(append(1, 4, 2));
    call.onMessage(append(2, 6, 1));
    call.onMessage(append(3, 7, 1));
    ratis.clear();
    call.onCancel();
    answers.sendMessage(reply(1).setMatchIndex(5).build());
    answers.sendMessage(reply(2).setResult(AppendResult.INCONSISTENCY).build());
    answers.sendMessage(reply(3).setMatchIndex(7).build());
    answers.close(Status.OK, new Metadata());
    look();
    assertThat(peer).isEmpty();
    log.written = 5;
    look();
    assertThat(peer).containsExactly("answer 1", "answer 2");
    assertThat(ratis).as("what is held back is under way").isEmpty();
    log.written = 7;
    look();
    assertThat(peer).containsExactly("answer 1", "answer 2", "answer 3", "OK");
    assertThat(ratis).containsExactly("cancel");
    assertThat(later).isEmpty();
  }

  @Test
  void afterThatAnswersAreSentAtOnceAgain() {
    log.written = 0;
    call.onMessage(append(1, 1, 1));
    answers.sendMessage(reply(1).setMatchIndex(1).build());
    log.written = 1;
    look();
    call.onMessage(append(2, 1, 1));
    answers.sendMessage(reply(2).setMatchIndex(1).build());
    assertThat(peer).containsExactly("answer 1", "answer 2");
    assertThat(later).isEmpty();
  }

  @Test
  void anErrorIsSentInPlaceOfWhatIsHeldBack() {
    log.written = 0;
    call.onMessage(append(1, 1, 1));
    call.onMessage(append(2, 2, 1));
    answers.sendMessage(reply(1).setMatchIndex(1).build());
    answers.sendMessage(reply(2).setResult(AppendResult.INCONSISTENCY).build());
    answers.close(Status.UNKNOWN, new Metadata());
    look();
    assertThat(peer).containsExactly("UNKNOWN");
    assertThat(later).isEmpty();
    assertThat(entries.isUnderWay(call)).isFalse();
    assertThat(entries).hasToString("entries under way: ");
  }

  @Test
  void whatIsHeldBackIsNotSentAfterARefusal() {
    log.written = 0;
    call.onMessage(append(1, 1, 1));
    answers.sendMessage(reply(1).setMatchIndex(1).build());
    isEnding = true;
    call.onMessage(append(2, 2, 1));
    look();
    assertThat(peer).containsExactly("UNAVAILABLE");
    assertThat(entries).hasToString("entries under way: ");
  }

  @Test
  void whatFollowsOnNothingCommitsWhatIsInItAtMost() {
    call.onMessage(append(1, 0, 0));
    call.onMessage(append(2, 0, 3));
    call.onMessage(append(3, 3, 1).toBuilder().setPreviousLog(TermIndexProto.newBuilder()).build());
    assertThat(commits).containsExactly(-1L, 2L, 103L);
  }

  @Test
  void aCallWithoutEntriesIsCancelledAtOnce() {
    call.onMessage(append(1, 0, 0));
    call.onCancel();
    assertThat(ratis).containsExactly("AppendEntriesRequestProto", "cancel");
  }

  @Test
  void ratisLearnsThatACallWasGivenUpWhenItsEntriesAreAnswered() {
    call.onMessage(append(1, 0, 2));
    call.onMessage(append(2, 2, 1));
    call.onMessage(append(3, 0, 0));
    ratis.clear();
    call.onCancel();
    answer(1, false);
    answer(3, true);
    assertThat(ratis).isEmpty();
    answer(2, false);
    answers.close(Status.OK, new Metadata());
    assertThat(ratis).containsExactly("cancel");
  }

  @Test
  void ratisLearnsItWhenItHasFinished() {
    call.onMessage(append(1, 0, 1));
    call.onCancel();
    answers.close(Status.OK, new Metadata());
    assertThat(ratis).containsExactly("AppendEntriesRequestProto", "cancel");
    assertThat(entries.isUnderWay(call)).isFalse();
  }

  @Test
  void whatAnErrorDoesNotNameMayStillBeWritten() {
    call.onMessage(append(1, 0, 1));
    call.onMessage(append(2, 1, 1));
    StatusRuntimeException first = GrpcUtil.wrapException(new IOException("disk"), 1);
    answers.close(first.getStatus(), first.getTrailers());
    assertThat(entries.isUnderWay(call)).as("somebody waits for an answer").isFalse();
    assertThat(entries.afterAll(() -> {})).as("request 2 may be on its way to the disk").isFalse();
    seconds.addAndGet(60);
    assertThat(entries.afterAll(() -> {})).as("it is forgotten after a minute").isTrue();
  }

  @Test
  void anErrorThatNamesTheOnlyRequestLeavesNothing() {
    call.onMessage(append(1, 0, 1));
    StatusRuntimeException only = GrpcUtil.wrapException(new IOException("disk"), 1);
    answers.close(only.getStatus(), only.getTrailers());
    assertThat(entries.afterAll(() -> {})).isTrue();
  }

  @Test
  void aVoteThatWaitedForTooLongIsRefusedAndReachesRatisNeverMore() {
    call.onMessage(append(1, 0, 1));
    ratis.clear();
    PeerCall<Object, Object> vote = newCall();
    vote.onMessage(RequestVoteRequestProto.newBuilder().setServerRequest(to(SELF, 7)).build());
    vote.onHalfClose();
    vote.onMessage(append(8, 0, 0));
    assertThat(ratis).containsExactly("RequestVoteRequestProto");
    assertThat(peer).containsExactly("UNAVAILABLE");
  }

  @Test
  void anOrderToStandThatWaitedForTooLongIsRefused() {
    call.onMessage(append(1, 0, 1));
    ratis.clear();
    PeerCall<Object, Object> order = newCall();
    order.onMessage(
        StartLeaderElectionRequestProto.newBuilder().setServerRequest(to(SELF, 7)).build());
    order.onHalfClose();
    assertThat(ratis).containsExactly("StartLeaderElectionRequestProto");
    assertThat(peer).containsExactly("UNAVAILABLE");
  }

  @Test
  void aVoteWithNothingUnderWayIsHandled() {
    call.onMessage(RequestVoteRequestProto.newBuilder().setServerRequest(to(SELF, 7)).build());
    call.onHalfClose();
    assertThat(ratis).containsExactly("RequestVoteRequestProto", "half close");
  }

  @Test
  void nothingThatComesAfterAnErrorReachesRatis() {
    call.onMessage(part(0));
    answers.close(Status.UNKNOWN, new Metadata());
    call.onMessage(part(2));
    call.onHalfClose();
    assertThat(ratis).containsExactly("InstallSnapshotRequestProto");
    assertThat(peer).containsExactly("UNKNOWN");
  }

  @Test
  void aPartOfASnapshotThatFollowsOnNothingIsRefused() {
    call.onMessage(part(1));
    assertThat(ratis).isEmpty();
    assertThat(peer).containsExactly("UNAVAILABLE");
  }

  private static InstallSnapshotRequestProto part(int number) {
    return InstallSnapshotRequestProto.newBuilder()
        .setServerRequest(to(SELF, 0))
        .setSnapshotChunk(SnapshotChunkProto.newBuilder().setRequestIndex(number))
        .build();
  }

  @Test
  void whatIsMeantForAnotherPeerIsRefusedAndWhatRatisSaysOfItIsNotSent() {
    call.onMessage(
        AppendEntriesRequestProto.newBuilder().setServerRequest(to("1_former", 1)).build());
    call.onHalfClose();
    answers.sendHeaders(new Metadata());
    answer(1, false);
    answers.close(Status.OK, new Metadata());
    assertThat(ratis).isEmpty();
    assertThat(peer).containsExactly("FAILED_PRECONDITION");
    assertThat(committed).isEmpty();
  }

  @Test
  void aPeerThatEndsRefusesEverything() {
    isEnding = true;
    call.onMessage(append(1, 0, 1));
    assertThat(ratis).isEmpty();
    assertThat(peer).containsExactly("UNAVAILABLE");
  }

  @Test
  void aReadWaitsForTheProof() {
    call.onMessage(ReadIndexRequestProto.newBuilder().setServerRequest(to(SELF, 1)).build());
    call.onHalfClose();
    assertThat(ratis).containsExactly("ReadIndexRequestProto");
    proof.complete(null);
    assertThat(ratis).containsExactly("ReadIndexRequestProto", "half close");
  }

  @Test
  void aReadThatNoMajorityConfirmsIsRefused() {
    call.onMessage(ReadIndexRequestProto.newBuilder().setServerRequest(to(SELF, 1)).build());
    call.onHalfClose();
    proof.completeExceptionally(new IOException("cut off"));
    assertThat(ratis).containsExactly("ReadIndexRequestProto");
    assertThat(peer).containsExactly("UNAVAILABLE");
  }

  @Test
  void whatALeaderHasCommittedIsTold() {
    call.onMessage(append(1, 0, 1));
    call.onMessage(append(2, 0, 0));
    assertThat(committed).containsExactly(101L, 102L);
  }
}
