package io.eric.cluster.raft;

import java.util.List;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;

/**
 * The gRPC transport of Ratis, which also lets {@link Leaderships} know who feeds the followers and
 * what they answer. Ratis creates it by its class's name.
 */
final class ObservedGrpc implements RpcType {

  /** The parameter of a server that has its {@link Leaderships}. */
  static final String LEADERSHIPS = "io.eric.cluster.raft.leaderships";

  ObservedGrpc() {}

  @Override
  public String name() {
    return ObservedGrpc.class.getName();
  }

  @Override
  public GrpcFactory newFactory(Parameters parameters) {
    return new Factory(parameters);
  }

  private static final class Factory extends GrpcFactory {

    private final Leaderships leaderships;

    private Factory(Parameters parameters) {
      super(parameters);
      this.leaderships = parameters.getNonNull(LEADERSHIPS, Leaderships.class);
    }

    @Override
    public LogAppender newLogAppender(
        RaftServer.Division division, LeaderState state, FollowerInfo follower) {
      Leadership leadership = leaderships.of(division.getMemberId().getGroupId(), state);
      LogAppender appender =
          new PatientAppender(division, new Observed(state, leadership), follower);
      leadership.add(appender);
      return appender;
    }
  }

  /**
   * Feeds a follower, but does not try to connect to one that is down for each entry that comes,
   * which would cost the leader most of its time, and a line in its log.
   */
  private static final class PatientAppender extends GrpcLogAppender {

    /** For how long a follower is silent before it counts as down, in milliseconds. */
    private static final long DOWN_MS = 3_000;

    private PatientAppender(
        RaftServer.Division division, LeaderState state, FollowerInfo follower) {
      super(division, state, follower);
    }

    @Override
    public void notifyLogAppender() {
      if (getFollower().getLastRpcResponseTime().elapsedTimeMs() < DOWN_MS) {
        super.notifyLogAppender();
      }
    }
  }

  /** What Ratis does with a follower's answers, and the leadership that hears of them. */
  private record Observed(LeaderState ratis, Leadership leadership) implements LeaderState {

    @Override
    public void onAppendEntriesReply(LogAppender appender, AppendEntriesReplyProto reply) {
      ratis.onAppendEntriesReply(appender, reply);
      leadership.answered(appender, reply);
    }

    @Override
    public void restart(LogAppender appender) {
      ratis.restart(appender);
    }

    @Override
    public AppendEntriesRequestProto newAppendEntriesRequestProto(
        FollowerInfo follower, List<LogEntryProto> entries, TermIndex previous, long callId) {
      return ratis.newAppendEntriesRequestProto(follower, entries, previous, callId);
    }

    @Override
    public void checkHealth(FollowerInfo follower) {
      ratis.checkHealth(follower);
    }

    @Override
    public boolean onFollowerTerm(FollowerInfo follower, long followerTerm) {
      return ratis.onFollowerTerm(follower, followerTerm);
    }

    @Override
    public void onFollowerCommitIndex(FollowerInfo follower, long commitIndex) {
      ratis.onFollowerCommitIndex(follower, commitIndex);
    }

    @Override
    public void onFollowerSuccessAppendEntries(FollowerInfo follower) {
      ratis.onFollowerSuccessAppendEntries(follower);
    }

    @Override
    public boolean isFollowerBootstrapping(FollowerInfo follower) {
      return ratis.isFollowerBootstrapping(follower);
    }
  }
}
