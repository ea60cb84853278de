package io.eric.cluster.raft;

import io.eric.cluster.identity.Member;
import io.eric.cluster.owner.GroupReplica;
import io.eric.cluster.owner.ReplicaObserver;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.grpc.server.GrpcServicesImpl;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's replicas of all groups, and the server at which the other nodes reach them. Safe for
 * any thread except event loops.
 */
public final class RaftNode implements AutoCloseable, Meters.Sampled {

  private static final Logger logger = LoggerFactory.getLogger(RaftNode.class);

  /**
   * A file which says that this node came to a cluster that existed. A group of such a node that
   * has no members yet waits for its leader also after a restart: if it stood for election, it
   * would be told to shut down, as a node that was removed is.
   */
  private static final String JOINED = "joined";

  private static final long WATCH_MS = 1_000;

  private final Map<RaftGroupId, GroupStateMachine> machines = new HashMap<>();
  private final List<RaftServer.Division> divisions = new ArrayList<>();
  private final List<RaftReplica> replicas = new ArrayList<>();
  private final List<TermRecord> terms = new ArrayList<>();
  private final Leaderships leaderships = new Leaderships();
  private final ExecutorService snapshotThread;
  private final ScheduledExecutorService watchThreads;
  private final ScheduledExecutorService answerThread;
  private final PeerServices services;
  private final RaftServer server;

  private RaftNode(
      RaftSettings settings,
      SnapshotPolicies policies,
      IntFunction<ReplicaObserver> observers,
      Meters meters)
      throws IOException {
    snapshotThread = Executors.newSingleThreadExecutor(named("eric-snapshots"));
    // Two, because a read of another node may block one of them for a moment.
    watchThreads = Executors.newScheduledThreadPool(2, named("eric-raft-watch"));
    // One of its own, because the others wait for disks.
    answerThread = Executors.newSingleThreadScheduledExecutor(named("eric-raft-answers"));
    for (int number = 0; number < settings.membership().groups(); number++) {
      machines.put(
          RaftIds.group(settings.membership().cluster(), number),
          new GroupStateMachine(
              number,
              observers.apply(number),
              leaderships,
              policies.newPolicy(),
              snapshotThread,
              meters));
    }
    RaftPeerId self = RaftIds.peerId(settings.self());
    services = new PeerServices(self, this::prove, watchThreads, answerThread, this::log);
    Parameters parameters = new Parameters();
    parameters.put(ObservedGrpc.LEADERSHIPS, leaderships, Leaderships.class);
    parameters.put(
        GrpcConfigKeys.Server.SERVICES_CUSTOMIZER_PARAMETER,
        services,
        GrpcServices.Customizer.class);
    RaftProperties properties = RatisProperties.of(settings);
    RatisProperties.setDirectory(properties, settings.directory().resolve("none"));
    server =
        RaftServer.newBuilder()
            .setServerId(self)
            .setProperties(properties)
            .setParameters(parameters)
            .setStateMachineRegistry(machines::get)
            .build();
    RatisProperties.setDirectory(properties, settings.directory());
  }

  /** Makes the policies of groups, which tests make impatient. */
  interface SnapshotPolicies {
    SnapshotPolicy newPolicy();
  }

  private static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Starts this node's replicas and takes part in elections. Blocks while the logs are read.
   *
   * @param observers the observer of each group by its number; it may be called before this returns
   * @param meters where the replicas count
   * @throws IOException if the directory, a log or a snapshot cannot be read or written, or the
   *     port is taken
   */
  public static RaftNode start(
      RaftSettings settings, IntFunction<ReplicaObserver> observers, Meters meters)
      throws IOException {
    return start(
        settings, () -> new SnapshotPolicy(SnapshotPolicy.MIN_LOG_BYTES), observers, meters);
  }

  static RaftNode start(
      RaftSettings settings,
      SnapshotPolicies policies,
      IntFunction<ReplicaObserver> observers,
      Meters meters)
      throws IOException {
    ProcessExit.forbid();
    Files.createDirectories(settings.directory());
    RaftNode node = new RaftNode(settings, policies, observers, meters);
    try {
      node.open(settings, meters);
    } catch (IOException e) {
      node.close();
      throw e;
    } catch (RuntimeException e) {
      node.close();
      throw new IOException("the replicas of this node cannot be opened: " + e.getMessage(), e);
    }
    return node;
  }

  private void open(RaftSettings settings, Meters meters) throws IOException {
    Path joined = settings.directory().resolve(JOINED);
    if (settings.joining()) {
      Files.write(joined, new byte[0]);
    }
    boolean waits = Files.exists(joined);
    for (int number = 0; number < settings.membership().groups(); number++) {
      RaftGroupId id = RaftIds.group(settings.membership().cluster(), number);
      RaftGroup group =
          waits
              ? RaftGroup.valueOf(id)
              : RaftGroup.valueOf(id, RaftIds.peers(settings.membership().members()));
      Path files = settings.directory().resolve(id.getUuid().toString());
      TermRecord.repair(files);
      TornTail.repair(files);
      GroupStateMachine machine = machines.get(id);
      if (machine != null) {
        replicas.add(open(number, group, settings.maxEntryBytes(), machine, meters));
        terms.add(new TermRecord(files));
      }
    }
    recordTerms();
    // The groups come first, because requests for a group that is not open yet would be errors.
    ProcessExit.asException("the port " + settings.self().raftPort(), server::start);
    List<FollowerWatch> watches = replicas.stream().map(FollowerWatch::new).toList();
    SilentLinks links = new SilentLinks(this::replaceLink);
    var unused =
        watchThreads.scheduleWithFixedDelay(
            () -> watch(watches, links), WATCH_MS, WATCH_MS, TimeUnit.MILLISECONDS);
  }

  /**
   * Opens a group, whether it has files or not. So a process that ends between two groups, or
   * before a group's first entry, changes nothing: the next start does what was left to do.
   */
  private RaftReplica open(
      int number, RaftGroup group, int maxEntryBytes, GroupStateMachine machine, Meters meters)
      throws IOException {
    boolean format = false; // a group without files gets them, and one with files keeps them
    RaftClientReply reply =
        server.groupManagement(
            GroupManagementRequest.newAdd(
                ClientId.randomId(), server.getId(), number + 1, group, format));
    if (!reply.isSuccess()) {
      throw new IOException("group " + number + " cannot be opened", reply.getException());
    }
    RaftServer.Division division = server.getDivision(group.getGroupId());
    divisions.add(division);
    RaftReplica replica =
        new RaftReplica(
            number, server, division, machine, entries(number), maxEntryBytes, leaderships, meters);
    machine.onSnapshotWritten(replica::purge);
    return replica;
  }

  private void watch(List<FollowerWatch> watches, SilentLinks links) {
    long now = System.nanoTime() / 1_000_000;
    try {
      recordTerms();
    } catch (IOException | RuntimeException e) { // the last record is as good for some time
      logger.debug("the terms of the groups could not be recorded", e);
    }
    try {
      watches.forEach(watch -> watch.check(now));
      Set<String> silent = new HashSet<>();
      replicas.forEach(replica -> silent.addAll(replica.silentPeers(now)));
      links.check(now, silent);
      for (int i = 0; i < replicas.size(); i++) {
        long said = services.committed(divisions.get(i).getMemberId().getGroupId());
        replicas.get(i).watch(said, now);
      }
    } catch (RuntimeException e) { // the next second must not miss the watch
      logger.warn("the other nodes could not be looked at", e);
    }
  }

  private void recordTerms() throws IOException {
    for (int i = 0; i < terms.size(); i++) {
      terms.get(i).reached(divisions.get(i).getInfo().getCurrentTerm());
    }
  }

  /**
   * Replaces the connections to a peer. Ratis waits some seconds for what is under way on the old
   * ones, so this is done on a thread of its own; there are as many as there are silent peers.
   */
  private void replaceLink(String peer) {
    if (server.getServerRpc() instanceof GrpcServicesImpl rpc) {
      named("eric-raft-link-" + peer)
          .newThread(() -> rpc.getProxies().resetProxy(RaftPeerId.valueOf(peer)))
          .start();
    }
  }

  /** Returns what is under way to a replica. */
  EntriesUnderWay entries(int number) {
    return Objects.requireNonNull(services.entries(divisions.get(number).getGroup().getGroupId()));
  }

  private EntriesUnderWay.@Nullable Log log(RaftGroupId group) {
    try {
      return new DivisionLog(server.getDivision(group).getRaftLog());
    } catch (IOException e) { // there is no such group, which Ratis says
      return null;
    }
  }

  private record DivisionLog(RaftLog log) implements EntriesUnderWay.Log {

    @Override
    public long next() {
      return log.getNextIndex();
    }

    @Override
    public boolean has(long term, long index) {
      return log.contains(TermIndex.valueOf(term, index));
    }

    @Override
    public long written() {
      return log.getFlushIndex();
    }
  }

  private CompletableFuture<Void> prove(RaftGroupId group) {
    try {
      return leaderships.proveIfLeading(server.getDivision(group), RatisProperties.READ_MS);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Returns this node's replica of a group.
   *
   * @param number from 0
   */
  public GroupReplica group(int number) {
    return replicas.get(number);
  }

  /**
   * Changes the members of the groups that this node leads; those of the others have to be changed
   * where their leaders are. A member that is new is fed until it has caught up, and then all
   * changes at once; so a node that comes back with an empty disk, under a new name of its storage,
   * replaces the one that it was. A new member has to be up, and have started as joining.
   *
   * <p>A majority of the former members has to be up. More than half of them cannot be replaced at
   * a time. A member that is removed fails.
   *
   * @return completes when the change is committed in these groups; fails if it is not in one of
   *     them, which may be repeated
   */
  public CompletionStage<Void> setMembers(List<Member> members) {
    return CompletableFuture.allOf(
        replicas.stream()
            .filter(RaftReplica::leads)
            .map(replica -> replica.setMembers(members))
            .toArray(CompletableFuture<?>[]::new));
  }

  /**
   * Changes the members of one group, which this node leads, as {@link #setMembers(List)} does. Not
   * to be called on an event loop.
   */
  public CompletionStage<Void> setMembers(int group, List<Member> members) {
    return replicas.get(group).setMembers(members);
  }

  /**
   * Returns the nodes in which a group's members differ from these, because the node is no member
   * or one under another name of its storage. It does not block.
   */
  public Set<String> differences(int group, List<Member> members) {
    return replicas.get(group).differences(members);
  }

  /** Returns whether a group has these members, and the change is committed. Does not block. */
  public boolean hasMembers(int group, List<Member> members) {
    return replicas.get(group).differences(members).isEmpty() && replicas.get(group).isSettled();
  }

  /**
   * Returns whether this node is a member of all groups as far as it knows. A node that joins is
   * none until it has caught up and each group's leader has let it in. Does not block.
   */
  public boolean isMember() {
    return replicas.stream().allMatch(RaftReplica::isMember);
  }

  /** Adds how the groups stand. It does not block, and may be called on an event loop. */
  @Override
  public void sample(Meters.Readings readings) {
    for (RaftReplica replica : replicas) {
      GroupReplica.Status status = replica.status();
      if (status.isLeader()) {
        readings.add(GaugeName.GROUPS_LED, 1);
      } else if (status.leader() == null) {
        readings.add(GaugeName.GROUPS_WITHOUT_LEADER, 1);
      } else {
        readings.add(GaugeName.GROUPS_FOLLOWED, 1);
      }
      readings.add(GaugeName.GROUP_UNAPPLIED, Math.max(0, status.committed() - status.applied()));
      for (GroupReplica.Follower follower : status.followers()) {
        readings.add(GaugeName.GROUP_ENTRIES_BEHIND, follower.behind());
      }
    }
  }

  /**
   * Ends this node's replicas. Appends that are under way fail. Blocks until all that is committed
   * is applied and the files are closed. Idempotent.
   */
  @Override
  public void close() {
    machines.values().forEach(machine -> machine.roles().close());
    services.end();
    watchThreads.shutdownNow();
    new ServerStop(server, divisions).run();
    answerThread.shutdownNow();
    snapshotThread.shutdown();
  }
}
