package io.eric.cluster.raft;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;

/**
 * What a node's replicas serve to others: the protocol of Raft to the other members, and nothing to
 * clients and administrators of Ratis, because whoever reached those could write into the log.
 *
 * <p>A request is refused if it is meant for another peer. Ratis does not look at that, but a node
 * that has lost its disk comes back at the same address: it would vote, and acknowledge entries, in
 * the name of the one that it was.
 *
 * <p>Entries for one group are taken one request after the other, also if they come over two
 * connections, as they do for a moment after a leader has made a new one. Ratis looks whether the
 * entry before is there, or on its way, and puts what has come behind it, in three steps. If two
 * threads did that at a time, entries could be written in the wrong order. The replica would refuse
 * that, and all entries that come later, until its process ended ({@code NavigableIndices.append}
 * of 3.2.2: the chain of appends is rebuilt by a retry, and once failed it stays so).
 *
 * <p>A read on behalf of a follower waits until the leader has proved that it leads: see {@link
 * Leadership}.
 */
final class PeerServices implements GrpcServices.Customizer, ServerInterceptor {

  /** The port in the settings of a service that is not opened. */
  static final int NO_PORT = 1;

  /** Which groups are locked together is chance, and what others send may name any group. */
  private static final int LOCKS = 64;

  private final RaftPeerId self;
  private final Function<RaftGroupId, CompletionStage<Void>> proof;
  private final Executor thread;
  private final Lock[] appending = new Lock[LOCKS];
  private volatile boolean isEnding;

  /**
   * Creates the services of a node.
   *
   * @param proof proves that this node leads a group, if it believes that it does
   * @param thread where reads go on that have waited for a proof
   */
  PeerServices(
      RaftPeerId self, Function<RaftGroupId, CompletionStage<Void>> proof, Executor thread) {
    this.self = self;
    this.proof = proof;
    this.thread = thread;
    Arrays.setAll(appending, number -> new ReentrantLock());
  }

  /**
   * Refuses what other peers send from now on, because this one closes its groups. Ratis would log
   * each as an error.
   */
  void end() {
    isEnding = true;
  }

  @Override
  public NettyServerBuilder customize(
      NettyServerBuilder builder, EnumSet<GrpcServices.Type> services) {
    if (services.contains(GrpcServices.Type.SERVER)) {
      return builder.intercept(this);
    }
    // Ratis insists on a server; this one has no services, and any free port.
    return NettyServerBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {

      private boolean refused;
      private @Nullable RaftGroupId readOf;

      @Override
      public void onMessage(Q message) {
        RaftRpcRequestProto request = requestOf(message);
        if (refused) {
          return;
        }
        if (isEnding) {
          refused = true;
          call.close(Status.UNAVAILABLE.withDescription("this peer ends"), new Metadata());
          return;
        }
        if (request != null && !RaftPeerId.valueOf(request.getReplyId()).equals(self)) {
          refused = true;
          call.close(
              Status.FAILED_PRECONDITION.withDescription("this peer is " + self), new Metadata());
          return;
        }
        if (request != null && message instanceof ReadIndexRequestProto) {
          readOf = ProtoUtils.toRaftGroupId(request.getRaftGroupId());
        }
        if (message instanceof AppendEntriesRequestProto append && append.getEntriesCount() > 0) {
          append(append, message);
        } else {
          super.onMessage(message);
        }
      }

      private void append(AppendEntriesRequestProto append, Q message) {
        RaftGroupId group = ProtoUtils.toRaftGroupId(append.getServerRequest().getRaftGroupId());
        Lock alone = appending[Math.floorMod(group.hashCode(), LOCKS)];
        alone.lock(); // for as long as Ratis needs to queue the entries, not until they are written
        try {
          super.onMessage(message);
        } finally {
          alone.unlock();
        }
      }

      @Override
      public void onHalfClose() {
        if (refused) {
          return;
        }
        RaftGroupId group = readOf;
        if (group == null) {
          super.onHalfClose();
          return;
        }
        proof
            .apply(group)
            .whenCompleteAsync(
                (proven, failure) -> {
                  if (failure == null) {
                    super.onHalfClose();
                  } else {
                    call.close(
                        Status.UNAVAILABLE.withDescription("no majority confirms the leader"),
                        new Metadata());
                  }
                },
                thread);
      }
    };
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
}
