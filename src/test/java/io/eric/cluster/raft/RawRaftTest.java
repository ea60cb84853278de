package io.eric.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.MetadataProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A replica, and leaders that send what leaders of Ratis may send, in an order of their own. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class RawRaftTest {

  /** Both faults that this is about show after some dozens. */
  private static final int PAIRS = 3_000;

  /** Higher than whatever the replica reaches when it stands for election. */
  private static final long TERM = 1_000_000;

  @TempDir private Path directory;
  private RaftCluster cluster;
  private ManagedChannel channel;
  private long calls;
  private long term = TERM;

  @BeforeEach
  void startOneOfThree() throws Exception {
    cluster = new RaftCluster(directory, 1, Long.MAX_VALUE);
    cluster.start("1", false);
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", cluster.members().get(0).raftPort())
            .usePlaintext()
            .build();
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    cluster.close();
  }

  @Test
  void aReplicaTakesWhatComesOverEither() throws Exception {
    Connection first = new Connection();
    Connection second = new Connection();
    for (long index = 0; index < 2 * PAIRS; index += 2) {
      first.send(index);
      second.send(index + 1);
      first.awaitTaken(index);
      second.awaitTaken(index + 1);
    }
  }

  @Test
  void aReplicaAcknowledgesNothingThatItDoesNotHave() throws Exception {
    Connection first = new Connection();
    Connection second = new Connection();
    for (long index = 0; index < 11 * PAIRS; index += 11) {
      first.send(index, index + 2);
      second.send(index, index + 9); // begins as the one that is under way, and has more
      first.awaitTaken(index + 2);
      second.awaitTaken(index + 9);
      first.send(index + 10);
      assertThat(first.next(index + 10).getResult())
          .as("entries up to %d were acknowledged", index + 9)
          .isEqualTo(AppendResult.SUCCESS);
    }
  }

  @Test
  void aReplicaThatOnlyHearsOfEntriesKnowsThatItStandsStill() {
    Connection leader = new Connection();
    await()
        .atMost(RaftCluster.LONG)
        .until(
            () -> {
              leader.sendHeartbeatAfter(100); // nothing ever follows on what the replica has
              return cluster.group("1", 0).status().stillMs() >= 2_000;
            });
  }

  /**
   * The first leader of a group may write its first entry here, and be replaced before anybody else
   * has it. If a heartbeat of the next leader committed it, entries of that leader could never
   * follow.
   */
  @Test
  void aHeartbeatThatFollowsOnNothingCommitsNothing() throws Exception {
    Connection first = new Connection();
    first.send(0, 0);
    first.awaitTaken(0);
    term++;
    Connection second = new Connection();
    second.stream.onNext(request(2).build());
    assertThat(second.next(0).getFollowerCommit()).isEqualTo(RaftLog.INVALID_LOG_INDEX);
    second.send(0, 2);
    second.awaitTaken(2);
    second.stream.onNext(request(2).setPreviousLog(previous(2)).build());
    assertThat(second.next(2).getFollowerCommit()).isEqualTo(2);
  }

  private AppendEntriesRequestProto.Builder request(long committed) {
    RaftPeerId leader = RaftIds.peerId(cluster.members().get(1));
    RaftPeerId replica = RaftIds.peerId(cluster.members().get(0));
    RaftGroupId group = RaftIds.group("test", 0);
    return AppendEntriesRequestProto.newBuilder()
        .setServerRequest(
            RaftRpcRequestProto.newBuilder()
                .setRequestorId(leader.toByteString())
                .setReplyId(replica.toByteString())
                .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(group))
                .setCallId(calls++))
        .setLeaderTerm(term)
        .setLeaderCommit(committed);
  }

  private TermIndexProto previous(long index) {
    return TermIndexProto.newBuilder().setTerm(term).setIndex(index).build();
  }

  private AppendEntriesRequestProto request(long from, long to) {
    AppendEntriesRequestProto.Builder request = request(-1);
    for (long index = from; index <= to; index++) {
      request.addEntries(
          LogEntryProto.newBuilder()
              .setTerm(term)
              .setIndex(index)
              .setMetadataEntry(MetadataProto.newBuilder().setCommitIndex(0)));
    }
    if (from > 0) {
      request.setPreviousLog(previous(from - 1));
    }
    return request.build();
  }

  /** What is appended over one connection. */
  private final class Connection implements StreamObserver<AppendEntriesReplyProto> {

    private final BlockingQueue<AppendEntriesReplyProto> replies = new LinkedBlockingQueue<>();
    private final StreamObserver<AppendEntriesRequestProto> stream =
        RaftServerProtocolServiceGrpc.newStub(channel).appendEntries(this);
    private volatile Throwable failure;

    void send(long index) {
      send(index, index);
    }

    void send(long from, long to) {
      stream.onNext(request(from, to));
    }

    void sendHeartbeatAfter(long index) {
      stream.onNext(request(index).setPreviousLog(previous(index)).build());
    }

    AppendEntriesReplyProto next(long index) throws InterruptedException {
      AppendEntriesReplyProto reply = replies.poll(10, TimeUnit.SECONDS);
      assertThat(failure).as("entry %d", index).isNull();
      assertThat(reply).as("the answer to entry %d", index).isNotNull();
      return reply;
    }

    /** Waits for an answer, and sends again what came before its predecessor, as a leader does. */
    void awaitTaken(long index) throws InterruptedException {
      AppendEntriesReplyProto reply = next(index);
      while (reply.getResult() != AppendResult.SUCCESS) {
        send(reply.getNextIndex(), index);
        reply = next(index);
      }
      assertThat(reply.getMatchIndex()).isEqualTo(index);
    }

    @Override
    public void onNext(AppendEntriesReplyProto reply) {
      replies.add(reply);
    }

    @Override
    public void onError(Throwable reason) {
      failure = reason;
    }

    @Override
    public void onCompleted() {
      // The replica ends no connection.
    }
  }
}
