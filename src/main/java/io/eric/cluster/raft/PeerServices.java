package io.eric.cluster.raft;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What a node's replicas serve to others: the protocol of Raft to the other members, and nothing to
 * clients and administrators of Ratis, because whoever reached those could write into the log.
 *
 * <p>A request is refused if it is meant for another peer. Ratis does not look at that, but a node
 * that has lost its disk comes back at the same address: it would vote, and acknowledge entries, in
 * the name of the one that it was.
 *
 * <p>Entries that come beside others of the same group wait until Ratis can tell the two apart: see
 * {@link EntriesUnderWay}.
 *
 * <p>A read on behalf of a follower waits until the leader has proved that it leads: see {@link
 * Leadership}.
 */
final class PeerServices implements GrpcServices.Customizer, ServerInterceptor, PeerCall.Terms {

  /** The port in the settings of a service that is not opened. */
  static final int NO_PORT = 1;

  private final RaftPeerId self;
  private final Function<RaftGroupId, CompletionStage<Void>> proof;
  private final Executor thread;
  private final ScheduledExecutorService answers;
  private final Function<RaftGroupId, EntriesUnderWay.@Nullable Log> logs;

  /** What is under way to the groups of this node. */
  private final Map<RaftGroupId, EntriesUnderWay> entries = new ConcurrentHashMap<>();

  /** What the leaders of the groups have said of their commits. */
  private final Map<RaftGroupId, Long> committed = new ConcurrentHashMap<>();

  private volatile boolean isEnding;

  /**
   * Creates the services of a node.
   *
   * @param proof proves that this node leads a group, if it believes that it does
   * @param thread where reads go on that have waited for a proof
   * @param answers where answers are sent that were held back
   * @param logs gives a group's log; null if there is no such group here
   */
  PeerServices(
      RaftPeerId self,
      Function<RaftGroupId, CompletionStage<Void>> proof,
      Executor thread,
      ScheduledExecutorService answers,
      Function<RaftGroupId, EntriesUnderWay.@Nullable Log> logs) {
    this.self = self;
    this.proof = proof;
    this.thread = thread;
    this.answers = answers;
    this.logs = logs;
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
    return new PeerCall<>(this, call, headers, next);
  }

  @Override
  public RaftPeerId self() {
    return self;
  }

  @Override
  public boolean isEnding() {
    return isEnding;
  }

  @Override
  public CompletionStage<Void> proof(RaftGroupId group) {
    return proof.apply(group);
  }

  @Override
  public Executor thread() {
    return thread;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
  public void later(Runnable task, long ms) {
    try {
      answers.schedule(task, ms, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // This peer ends, and acknowledges nothing more.
    }
  }

  @Override
  public @Nullable EntriesUnderWay entries(RaftGroupId group) {
    return entries.computeIfAbsent(
        group,
        id -> {
          EntriesUnderWay.Log log = logs.apply(id);
          return log == null ? null : new EntriesUnderWay(log, System::nanoTime);
        });
  }

  @Override
  public void committed(RaftGroupId group, long index) {
    if (index > committed(group)) {
      committed.merge(group, index, Math::max);
    }
  }

  /**
   * Returns the highest index that a leader has said to be committed, {@link
   * RaftLog#INVALID_LOG_INDEX} if none has. Also a leader that was replaced is right in this. A
   * replica of Ratis does not remember it when the leader's entries do not follow on its own.
   */
  long committed(RaftGroupId group) {
    return committed.getOrDefault(group, RaftLog.INVALID_LOG_INDEX);
  }
}
