package io.eric.cluster.raft;

import io.eric.cluster.identity.Member;
import io.eric.cluster.owner.GroupReplica;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.Verdict;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's replica of a group, as Ratis keeps it. Safe for any thread. */
final class RaftReplica implements GroupReplica, FollowerWatch.Leader {

  private static final Logger logger = LoggerFactory.getLogger(RaftReplica.class);

  /**
   * How long an append may take, in milliseconds. A leader without a majority gives up earlier by
   * itself; this bounds what a disk that hangs does.
   */
  static final long APPEND_MS = 10_000;

  /** How long a hand-over may take, in milliseconds. */
  private static final long TRANSFER_MS = 3_000;

  /** How long new members may take to catch up and be added, in milliseconds. */
  private static final long MEMBERS_MS = 600_000;

  private static final long SNAPSHOT_MS = 10_000;

  /** After this time without anything new the log says so, once, in milliseconds. */
  private static final long STILL_MS = 10_000;

  private final int number;
  private final RaftServer server;
  private final RaftServer.Division division;
  private final RaftGroupId group;
  private final GroupStateMachine machine;
  private final EntriesUnderWay entries;
  private final int maxEntryBytes;
  private final Leaderships leaderships;
  private final Meters meters;
  private final ClientId client = ClientId.randomId();
  private final AtomicLong calls = new AtomicLong();
  private final HandOverWatch handOvers;

  private final Standstill standstill = new Standstill();

  /** For how long nothing has come that others have committed, in milliseconds. */
  private volatile long stillMs;

  /** Since when there has been no leader, in milliseconds; confined to the thread that watches. */
  private long leaderlessSince = -1;

  RaftReplica(
      int number,
      RaftServer server,
      RaftServer.Division division,
      GroupStateMachine machine,
      EntriesUnderWay entries,
      int maxEntryBytes,
      Leaderships leaderships,
      Meters meters) {
    this.number = number;
    this.server = server;
    this.division = division;
    this.group = division.getMemberId().getGroupId();
    this.machine = machine;
    this.entries = entries;
    this.maxEntryBytes = maxEntryBytes;
    this.leaderships = leaderships;
    this.meters = meters;
    this.handOvers =
        new HandOverWatch(() -> stepDown("it refuses entries after a hand-over that has failed"));
  }

  @Override
  public int number() {
    return number;
  }

  // ---- requests

  /** A request to Ratis. */
  private interface Request {
    CompletableFuture<RaftClientReply> send() throws IOException;
  }

  /** Sends a request, and makes of every answer that is no success a failure. */
  private static CompletionStage<RaftClientReply> send(Request request, long timeoutMs) {
    CompletableFuture<RaftClientReply> reply;
    try {
      reply = request.send();
    } catch (IOException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
    return reply
        .thenCompose(
            answer ->
                answer.isSuccess()
                    ? CompletableFuture.completedFuture(answer)
                    : CompletableFuture.failedFuture(failure(answer)))
        .orTimeout(timeoutMs, TimeUnit.MILLISECONDS);
  }

  private static Throwable failure(RaftClientReply answer) {
    Throwable failure = answer.getException();
    return failure == null ? new IOException("the group refuses a request") : failure;
  }

  private CompletionStage<RaftClientReply> submit(
      RaftClientRequest.Type type, Message message, long timeoutMs) {
    RaftClientRequest request =
        RaftClientRequest.newBuilder()
            .setClientId(client)
            .setServerId(server.getId())
            .setGroupId(group)
            .setCallId(calls.incrementAndGet())
            .setMessage(message)
            .setType(type)
            .build();
    return send(() -> server.submitClientRequestAsync(request), timeoutMs);
  }

  @Override
  public CompletionStage<List<Verdict>> append(EncodedEntry entry) {
    if (entry.size() > maxEntryBytes) { // it would cost this node the lead
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              "an entry has " + entry.size() + " bytes, allowed are up to " + maxEntryBytes));
    }
    return append(new EntryMessage(entry));
  }

  /** Appends the bytes of an entry, whatever they are. */
  CompletionStage<List<Verdict>> append(Message entry) {
    long mark = handOvers.mark();
    return submit(RaftClientRequest.writeRequestType(), entry, APPEND_MS)
        .thenApply(
            reply -> {
              meters.count(CounterName.GROUP_APPENDED_BYTES, entry.getContent().size());
              if (reply.getMessage() instanceof VerdictsMessage answer) {
                return answer.verdicts();
              }
              throw new IllegalStateException("an entry was answered without verdicts");
            })
        .whenComplete(
            (verdicts, failure) -> {
              if (failure != null) {
                Throwable cause = failure.getCause();
                handOvers.refused(mark, cause == null ? failure : cause);
              }
            });
  }

  @Override
  public CompletionStage<Void> readIndex() {
    return leaderships
        .proveIfLeading(division, RatisProperties.READ_MS)
        .thenCompose(
            proven ->
                submit(RaftClientRequest.readRequestType(), Message.EMPTY, RatisProperties.READ_MS))
        .thenApply(reply -> null);
  }

  @Override
  public CompletionStage<Void> transferTo(String node) {
    for (RaftPeer peer : division.getRaftConf().getCurrentPeers()) {
      if (RaftIds.node(peer.getId()).equals(node)) {
        TransferLeadershipRequest request =
            new TransferLeadershipRequest(
                client, server.getId(), group, calls.incrementAndGet(), peer.getId(), TRANSFER_MS);
        handOvers.begins();
        return send(() -> server.transferLeadershipAsync(request), 2 * TRANSFER_MS)
            .<Void>thenApply(reply -> null)
            .whenComplete((done, failure) -> handOvers.ended());
      }
    }
    return CompletableFuture.failedFuture(
        new IllegalArgumentException("node " + node + " is not a member of group " + number));
  }

  /** Does what a leader orders that hands the group over, in the name of one that is gone. */
  @Override
  public void succeed(String leader) {
    RaftPeerId gone = division.getInfo().getLeaderId();
    if (gone == null || !RaftIds.node(gone).equals(leader)) {
      return;
    }
    if (!entries.afterAll(() -> stand(gone))) {
      logger.debug("group {} was not taken from node {}: entries are under way", number, leader);
    }
  }

  private void stand(RaftPeerId gone) {
    String leader = RaftIds.node(gone);
    TermIndex last = division.getRaftLog().getLastEntryTermIndex();
    if (last == null) {
      return;
    }
    try {
      server.startLeaderElection(
          StartLeaderElectionRequestProto.newBuilder()
              .setServerRequest(
                  ClientProtoUtils.toRaftRpcRequestProtoBuilder(
                      RaftGroupMemberId.valueOf(gone, group), server.getId()))
              .setLeaderLastEntry(last.toProto())
              .build());
      logger.info("node {} has ended, so this one stands for group {}", leader, number);
    } catch (IOException | RuntimeException e) { // then it is replaced when it was silent for long
      logger.debug("group {} was not taken from node {}: {}", number, leader, e.toString());
    }
  }

  /** Makes these the members; see {@link RaftNode#setMembers}. */
  CompletableFuture<Void> setMembers(List<Member> members) {
    SetConfigurationRequest request =
        new SetConfigurationRequest(
            client,
            server.getId(),
            group,
            calls.incrementAndGet(),
            SetConfigurationRequest.Arguments.newBuilder()
                .setServersInNewConf(RaftIds.peers(members))
                .build());
    return send(() -> server.setConfigurationAsync(request), MEMBERS_MS)
        .<Void>thenApply(reply -> null)
        .toCompletableFuture();
  }

  /**
   * Returns the nodes in which the group's members differ from these, because the node is no member
   * or one under another name of its storage; those whose change is under way included.
   */
  Set<String> differences(List<Member> members) {
    RaftConfiguration now = division.getRaftConf();
    Set<RaftPeerId> current = ids(now.getCurrentPeers());
    Set<RaftPeerId> known = new HashSet<>(current);
    known.addAll(ids(now.getPreviousPeers()));
    Set<RaftPeerId> wanted = ids(RaftIds.peers(members));
    Set<String> nodes = new TreeSet<>();
    known.stream().filter(id -> !wanted.contains(id)).forEach(id -> nodes.add(RaftIds.node(id)));
    wanted.stream().filter(id -> !current.contains(id)).forEach(id -> nodes.add(RaftIds.node(id)));
    return nodes;
  }

  /** Returns whether the members, as this replica knows them, are committed. */
  boolean isSettled() {
    RaftConfiguration now = division.getRaftConf();
    return now.getPreviousPeers().isEmpty() && now.getLogEntryIndex() <= committed();
  }

  /** Returns whether this node is a member, as far as this replica knows. */
  boolean isMember() {
    return ids(division.getRaftConf().getCurrentPeers()).contains(server.getId());
  }

  private static Set<RaftPeerId> ids(Collection<RaftPeer> peers) {
    return peers.stream().map(RaftPeer::getId).collect(Collectors.toSet());
  }

  /** Lets Ratis know of a snapshot, so that it purges the log before it. */
  void purge() {
    SnapshotManagementRequest request =
        SnapshotManagementRequest.newCreate(
            client, server.getId(), group, calls.incrementAndGet(), SNAPSHOT_MS, 1);
    send(() -> server.snapshotManagementAsync(request), SNAPSHOT_MS)
        .whenComplete(
            (reply, failure) -> {
              if (failure != null) { // the next snapshot purges as well
                logger.debug("the log of group {} was not purged: {}", number, failure.toString());
              }
            });
  }

  @Override
  public void giveUp(String reason) {
    var unused = stepDown(reason);
  }

  private CompletionStage<Void> stepDown(String reason) {
    meters.count(CounterName.GROUPS_GIVEN_UP);
    logger.warn("this node gives up the lead of group {}: {}", number, reason);
    TransferLeadershipRequest request =
        new TransferLeadershipRequest(
            client, server.getId(), group, calls.incrementAndGet(), null, TRANSFER_MS);
    return send(() -> server.transferLeadershipAsync(request), 2 * TRANSFER_MS)
        .<Void>thenApply(reply -> null)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                logger.warn("group {} could not be given up: {}", number, failure.toString());
              }
            });
  }

  // ---- what is known

  @Override
  public @Nullable ChannelView channel(String id) {
    return machine.channel(id);
  }

  @Override
  public Status status() {
    DivisionInfo info = division.getInfo();
    RaftPeerId leader = info.getLeaderId();
    boolean leads = info.isLeaderReady();
    List<Follower> followers = new ArrayList<>();
    if (leads) {
      long last = division.getRaftLog().getNextIndex() - 1;
      for (LogAppender each : appenders()) {
        FollowerInfo follower = each.getFollower();
        followers.add(
            new Follower(
                RaftIds.node(follower.getId()),
                Math.max(0, last - follower.getMatchIndex()),
                follower.getLastRpcResponseTime().elapsedTimeMs()));
      }
    }
    return new Status(
        leader == null ? null : RaftIds.node(leader),
        info.getCurrentTerm(),
        leads,
        info.getLastAppliedIndex(),
        committed(),
        stillMs,
        followers);
  }

  /** Returns what feeds the members; while members change, there are more of them. */
  private List<LogAppender> appenders() {
    Leadership leadership = leaderships.of(group);
    if (leadership == null) {
      return List.of();
    }
    return leadership.appenders().stream()
        .filter(each -> division.getRaftConf().getPeer(each.getFollowerId()) != null)
        .toList();
  }

  @Override
  public boolean leads() {
    return division.getInfo().isLeaderReady();
  }

  @Override
  public long committed() {
    return division.getRaftLog().getLastCommittedIndex();
  }

  /**
   * Looks whether this replica follows.
   *
   * @param said the highest index that a leader has said to be committed
   * @param nowMs the time from any origin, in milliseconds
   */
  void watch(long said, long nowMs) {
    long anywhere =
        division.getCommitInfos().stream()
            .mapToLong(CommitInfoProto::getCommitIndex)
            .reduce(said, Math::max);
    long has = division.getRaftLog().getNextIndex() - 1;
    // Nothing comes without a leader, which is another trouble.
    boolean follows = division.getInfo().getLeaderId() != null;
    long before = stillMs;
    stillMs = standstill.check(has, follows ? anywhere : has, nowMs);
    if (before < STILL_MS && stillMs >= STILL_MS) {
      logger.warn(
          "group {} has got nothing since entry {}, others have committed {}; {}",
          number,
          has,
          anywhere,
          entries);
    }
  }

  /**
   * Returns the ids of the peers that are silent: to a leader its followers, and to a replica
   * without a leader all the others, because none of them answers when it asks for votes.
   *
   * @param nowMs the time from any origin, in milliseconds
   */
  Set<String> silentPeers(long nowMs) {
    boolean leaderless = division.getInfo().getLeaderId() == null;
    if (!leaderless || leaderlessSince < 0) {
      leaderlessSince = leaderless ? nowMs : -1;
    }
    Set<String> silent = new HashSet<>();
    if (leaderless && nowMs - leaderlessSince >= SilentLinks.SILENT_MS) {
      division
          .getRaftConf()
          .getAllPeers()
          .forEach(
              peer -> {
                if (!peer.getId().equals(server.getId())) {
                  silent.add(peer.getId().toString());
                }
              });
    }
    for (LogAppender each : appenders()) {
      FollowerInfo follower = each.getFollower();
      if (follower.getLastRpcResponseTime().elapsedTimeMs() >= SilentLinks.SILENT_MS) {
        silent.add(follower.getId().toString());
      }
    }
    return silent;
  }

  @Override
  public List<FollowerWatch.Progress> followers() {
    long start = division.getRaftLog().getStartIndex();
    return appenders().stream()
        .map(
            each -> {
              FollowerInfo follower = each.getFollower();
              return new FollowerWatch.Progress(
                  RaftIds.node(follower.getId()),
                  follower.getMatchIndex(),
                  follower.getLastRpcResponseTime().elapsedTimeMs(),
                  each.isRunning(),
                  follower.getNextIndex() < start);
            })
        .toList();
  }
}
