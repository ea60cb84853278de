package io.eric.cluster.raft;

import static io.eric.cluster.raft.RaftCluster.create;
import static io.eric.cluster.raft.RaftCluster.entry;
import static io.eric.cluster.raft.RaftCluster.get;
import static io.eric.cluster.raft.RaftCluster.message;
import static io.eric.cluster.raft.RaftCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.eric.cluster.identity.Member;
import io.eric.cluster.owner.GroupReplica;
import io.eric.cluster.raft.RaftCluster.Claimed;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.Verdict;
import io.eric.log.Entry;
import io.eric.metrics.CounterName;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three replicas of a group in one process. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RaftNodeTest {

  private static final long NEVER = Long.MAX_VALUE;

  @TempDir private Path directory;
  private RaftCluster cluster;

  private RaftCluster start(int groups, long snapshotBytes) throws Exception {
    cluster = new RaftCluster(directory, groups, snapshotBytes);
    cluster.startAll();
    return cluster;
  }

  @AfterEach
  void close() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static List<Long> sequences(ChannelView channel) {
    return channel.entries().stream().map(Entry::sequence).toList();
  }

  private ChannelView channel(String node, String id) {
    return cluster.observer(node, 0).view().channels().stream()
        .filter(each -> each.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void entriesTakeEffectInOrderOnAllReplicasAndTheirObserversHearOfThem() throws Exception {
    start(1, NEVER);
    Claimed claimed = cluster.claim(0);
    List<CompletionStage<List<Verdict>>> answers = new ArrayList<>();
    answers.add(claimed.append("x", create()));
    for (long i = 1; i <= 100; i++) {
      answers.add(claimed.append("x", message(i, 10)));
    }
    for (CompletionStage<List<Verdict>> answer : answers) {
      assertThat(get(answer)).containsExactly(Verdict.APPLIED);
    }
    cluster.awaitEqual(0);
    for (String node : cluster.nodes.keySet()) {
      assertThat(cluster.observer(node, 0).claim()).isEqualTo(claimed.claim);
      assertThat(cluster.observer(node, 0).told()).endsWith("claimed", "changed x");
      assertThat(sequences(channel(node, "x")))
          .isEqualTo(LongStream.rangeClosed(1, 100).boxed().toList());
    }
    assertThat(cluster.meters(claimed.leader).get(CounterName.GROUP_APPENDED_BYTES)).isPositive();
  }

  @Test
  void whatBelongsToAnEarlierClaimOrDoesNotFollowIsRefused() throws Exception {
    start(1, NEVER);
    Claimed first = cluster.claim(0);
    get(first.append("x", create(), message(1, 10)));
    Claimed second = cluster.claim(0);
    assertThat(get(cluster.group(second.leader, 0).append(entry(first.claim, "x", message(2, 1)))))
        .containsExactly(Verdict.STALE);
    assertThat(get(second.append("x", message(3, 10)))).containsExactly(Verdict.OUT_OF_ORDER);
    assertThat(get(second.append("y", message(1, 10)))).containsExactly(Verdict.UNKNOWN);
    assertThat(get(second.append("x", message(2, 10)))).containsExactly(Verdict.APPLIED);
  }

  @Test
  void afterTheLeaderHasEndedAnotherGoesOnWithEverything() throws Exception {
    start(1, NEVER);
    Claimed first = cluster.claim(0);
    get(first.append("x", create(), message(1, 10)));
    RecordingObserver ended = cluster.observer(first.leader, 0);
    cluster.stop(first.leader);
    assertThat(ended.leads()).isFalse();
    assertThat(ended.failure()).isNull();
    Claimed second = cluster.claim(0);
    assertThat(second.leader).isNotEqualTo(first.leader);
    assertThat(get(second.append("x", message(2, 10)))).containsExactly(Verdict.APPLIED);
    cluster.start(first.leader, false);
    cluster.awaitEqual(0);
    assertThat(sequences(channel(first.leader, "x"))).containsExactly(1L, 2L);
  }

  /** The leader is still there, so that nothing but the order can make another one lead. */
  @Test
  void aFollowerStandsForElectionAtOnceWhenItIsToldThatTheLeaderHasEnded() throws Exception {
    start(1, NEVER);
    Claimed first = cluster.claim(0);
    get(first.append("x", create(), message(1, 10)));
    cluster.awaitEqual(0);
    String next = cluster.others(first.leader).get(0);
    cluster.group(next, 0).succeed(next); // it does not lead
    assertThat(cluster.group(first.leader, 0).status().isLeader()).isTrue();
    cluster.group(next, 0).succeed(first.leader);
    until(() -> cluster.group(next, 0).status().isLeader());
    assertThat(get(cluster.claim(0).append("x", message(2, 10)))).containsExactly(Verdict.APPLIED);
  }

  /** They would be written into its own leadership. */
  @Test
  void aFollowerWithEntriesUnderWayDoesNotStand() throws Exception {
    start(1, NEVER);
    Claimed first = cluster.claim(0);
    get(first.append("x", create(), message(1, 10)));
    cluster.awaitEqual(0);
    String next = cluster.others(first.leader).get(0);
    EntriesUnderWay entries = cluster.nodes.get(next).entries(0);
    EntriesUnderWay.Connection connection = () -> false;
    long term = cluster.group(next, 0).status().term();
    long far = 1_000_000;
    entries.append(new EntriesUnderWay.Append(connection, 1, far, far, term), () -> {});
    cluster.group(next, 0).succeed(first.leader);
    assertThat(cluster.group(next, 0).status().leader()).isEqualTo(first.leader);
    assertThat(cluster.group(next, 0).status().term()).isEqualTo(term);
    entries.answered(connection, 1);
    cluster.group(next, 0).succeed(first.leader);
    until(() -> cluster.group(next, 0).status().isLeader());
  }

  @Test
  void aLeaderThatHasNotForgottenAHandOverDoesNotRefuseEntriesForEver() throws Exception {
    start(1, NEVER);
    Claimed first = cluster.claim(0);
    get(first.append("x", create(), message(1, 10)));
    StuckHandOver.leaveAt(cluster.group(first.leader, 0));
    assertThatThrownBy(() -> get(first.append("x", message(2, 10))))
        .hasRootCauseInstanceOf(LeaderSteppingDownException.class);
    until(() -> cluster.meters(first.leader).get(CounterName.GROUPS_GIVEN_UP) == 1);
    assertThat(get(cluster.claim(0).append("x", message(2, 10)))).containsExactly(Verdict.APPLIED);
  }

  @Test
  void aRestartOfAllBringsEverythingBack() throws Exception {
    start(3, NEVER);
    for (int group = 0; group < 3; group++) {
      get(cluster.claim(group).append("x" + group, create(), message(1, 10)));
    }
    for (String node : List.copyOf(cluster.nodes.keySet())) {
      cluster.stop(node);
    }
    cluster.startAll();
    for (int group = 0; group < 3; group++) {
      Claimed claimed = cluster.claim(group);
      assertThat(get(claimed.append("x" + group, message(2, 10)))).containsExactly(Verdict.APPLIED);
    }
  }

  @Test
  void aFollowerThatWasAwayGetsASnapshotOfWhatIsPurged() throws Exception {
    start(1, 4_000_000);
    Claimed claimed = cluster.claim(0);
    get(claimed.append("x", create()));
    String away = cluster.others(claimed.leader).get(0);
    cluster.stop(away);
    long sequence = 0;
    while (!isPurged(claimed.leader)) {
      assertThat(get(claimed.append("x", message(++sequence, 900_000))))
          .containsExactly(Verdict.APPLIED);
    }
    cluster.start(away, false);
    cluster.awaitEqual(0);
    assertThat(cluster.observer(away, 0).restored()).isPositive();
    assertThat(cluster.meters(away).get(CounterName.GROUP_SNAPSHOTS_INSTALLED)).isPositive();
    assertThat(sequences(channel(away, "x"))).hasSize((int) sequence);

    for (String node : List.copyOf(cluster.nodes.keySet())) {
      cluster.stop(node);
    }
    cluster.startAll();
    Claimed again = cluster.claim(0);
    get(again.append("x", message(++sequence, 10)));
    cluster.awaitEqual(0);
    for (String node : cluster.nodes.keySet()) {
      assertThat(cluster.observer(node, 0).told()).startsWith("restored");
      assertThat(sequences(channel(node, "x"))).hasSize((int) sequence);
    }
  }

  /** Says whether the log of a node's group lacks its first entry. */
  private boolean isPurged(String node) throws Exception {
    try (Stream<Path> files = Files.walk(cluster.directoryOf(node))) {
      return files.noneMatch(
          file -> file.getFileName().toString().matches("log_(inprogress_0|0-.*)"));
    }
  }

  @Test
  void aLogWhoseLastEntryIsHalfWrittenIsOpened() throws Exception {
    start(1, NEVER);
    Claimed claimed = cluster.claim(0);
    get(claimed.append("x", create(), message(1, 10_000)));
    cluster.awaitEqual(0);
    String torn = cluster.others(claimed.leader).get(0);
    cluster.stop(torn);
    try (FileChannel log = FileChannel.open(newestLog(torn), StandardOpenOption.WRITE)) {
      log.truncate(log.size() - 5_000); // Ratis has removed the zeros at the end when it closed it
      log.write(ByteBuffer.allocate(20_000), log.size());
    }
    cluster.start(torn, false);
    get(cluster.claim(0).append("x", message(2, 10)));
    cluster.awaitEqual(0);
    assertThat(sequences(channel(torn, "x"))).containsExactly(1L, 2L);
  }

  /** As when a disk was full on which a node stood for election; here on all of them. */
  @Test
  void nodesWhoseVotesAreLostGoOnInALaterTerm() throws Exception {
    start(1, NEVER);
    get(cluster.claim(0).append("x", create(), message(1, 10)));
    cluster.awaitEqual(0);
    List<String> all = List.copyOf(cluster.nodes.keySet());
    for (String node : all) {
      cluster.stop(node);
      Files.write(file(node, "raft-meta"), new byte[0]);
    }
    cluster.startAll();
    get(cluster.claim(0).append("x", message(2, 10)));
    cluster.awaitEqual(0);
    for (String node : all) {
      assertThat(sequences(channel(node, "x"))).containsExactly(1L, 2L);
      assertThat(cluster.group(node, 0).status().term()).isGreaterThan(TermRecord.MARGIN);
    }
  }

  private Path newestLog(String node) throws Exception {
    return file(node, "log_inprogress_");
  }

  private Path file(String node, String begin) throws Exception {
    try (Stream<Path> files = Files.walk(cluster.directoryOf(node))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(begin))
          .min(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  @Test
  void theLeadGoesToTheNodeThatIsNamed() throws Exception {
    start(1, NEVER);
    Claimed claimed = cluster.claim(0);
    cluster.awaitEqual(0);
    String next = cluster.others(claimed.leader).get(1);
    get(cluster.group(claimed.leader, 0).transferTo(next));
    until(() -> cluster.observer(next, 0).leads());
    until(() -> !cluster.observer(claimed.leader, 0).leads());
    assertThatThrownBy(() -> get(cluster.group(next, 0).transferTo("9")))
        .hasMessageContaining("node 9 is not a member of group 0");
  }

  @Test
  void everyReplicaProvesThatItIsUpToDateAndNoneWithoutAMajority() throws Exception {
    start(1, NEVER);
    Claimed claimed = cluster.claim(0);
    get(claimed.append("x", create(), message(1, 10)));
    for (String node : cluster.nodes.keySet()) {
      until(() -> succeeds(cluster.group(node, 0).readIndex()));
      assertThat(sequences(channel(node, "x"))).containsExactly(1L);
    }
    String alone = cluster.leader(0);
    get(cluster.group(alone, 0).readIndex()); // its commits are confirmed now
    cluster.others(alone).forEach(cluster::stop);
    long begun = System.nanoTime();
    assertThatThrownBy(() -> get(cluster.group(alone, 0).readIndex()));
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)).isLessThan(20);
  }

  private static boolean succeeds(CompletionStage<?> stage) {
    try {
      get(stage);
      return true;
    } catch (Exception e) {
      return false;
    }
  }

  @Test
  void appendsFailSoonWithoutAMajority() throws Exception {
    start(1, NEVER);
    Claimed claimed = cluster.claim(0);
    get(claimed.append("x", create()));
    cluster.others(claimed.leader).forEach(cluster::stop);
    CompletionStage<List<Verdict>> pending = claimed.append("x", message(1, 10));
    long begun = System.nanoTime();
    assertThatThrownBy(() -> get(pending));
    assertThatThrownBy(() -> get(claimed.append("x", message(1, 10))));
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)).isLessThan(30);
    until(() -> !cluster.observer(claimed.leader, 0).leads());
  }

  @Test
  void anEntryThatIsTooLargeIsRefusedAndCostsTheLeaderNothing() throws Exception {
    start(1, NEVER);
    Claimed claimed = cluster.claim(0);
    assertThatThrownBy(() -> get(claimed.append("x", create(), message(1, 1 << 20))))
        .hasMessageContaining("allowed are up to 1048576");
    assertThat(get(claimed.append("x", create(), message(1, 1_040_000))))
        .containsExactly(Verdict.APPLIED);
  }

  @Test
  void anEntryThatIsUnknownEndsTheReplicasInsteadOfBeingSkipped() throws Exception {
    start(1, NEVER);
    Claimed claimed = cluster.claim(0);
    CompletionStage<List<Verdict>> corrupt =
        ((RaftReplica) cluster.group(claimed.leader, 0))
            .append(Message.valueOf(ByteString.copyFrom(new byte[] {77, 1})));
    assertThatThrownBy(() -> get(corrupt));
    until(() -> cluster.observer(claimed.leader, 0).failure() != null);
    assertThat(cluster.observer(claimed.leader, 0).failure())
        .hasMessageContaining("kind 77, unknown to this version");
    assertThat(cluster.group(claimed.leader, 0).status().isLeader()).isFalse();
  }

  @Test
  void aNodeWithAnEmptyDiskReplacesTheOneThatItWas() throws Exception {
    start(2, 4_000_000);
    String lost = cluster.others(cluster.leader(0)).get(0);
    cluster.stop(lost);
    for (int group = 0; group < 2; group++) {
      Claimed claimed = cluster.claim(group);
      get(claimed.append("x", create()));
      for (long i = 1; i <= 20; i++) {
        get(claimed.append("x", message(i, 900_000)));
      }
    }
    List<Member> former = cluster.members();
    List<Member> members = new ArrayList<>();
    for (Member each : former) {
      members.add(
          each.node().equals(lost)
              ? new Member(lost, "otherdisk", each.host(), each.raftPort(), 0)
              : each);
    }
    cluster.setMembers(members);
    cluster.start(lost, true);
    assertThat(cluster.nodes.get(lost).isMember()).isFalse();
    assertThat(cluster.nodes.get(cluster.leader(0)).differences(0, members)).containsExactly(lost);
    assertThat(cluster.nodes.get(cluster.leader(0)).hasMembers(0, members)).isFalse();
    for (int group = 0; group < 2; group++) {
      int number = group;
      until(
          () ->
              cluster.group(lost, number).status().leader() != null
                  || succeeds(cluster.nodes.get(cluster.leader(number)).setMembers(members)));
    }
    for (String node : cluster.nodes.keySet()) {
      get(cluster.nodes.get(node).setMembers(members));
    }
    cluster.awaitEqual(0);
    cluster.awaitEqual(1);
    assertThat(cluster.observer(lost, 0).failure()).isNull();
    assertThat(cluster.nodes.get(lost).isMember()).isTrue();
    until(() -> cluster.nodes.get(cluster.leader(0)).hasMembers(0, members));

    // It counts: with it and one other, there is a majority.
    String other = cluster.others(lost).get(0);
    cluster.stop(other);
    for (int group = 0; group < 2; group++) {
      assertThat(get(cluster.claim(group).append("x", message(21, 10))))
          .containsExactly(Verdict.APPLIED);
    }

    // Ratis empties what it has written of the members when the disk is full.
    cluster.stop(lost);
    try (Stream<Path> files = Files.walk(cluster.directoryOf(lost))) {
      for (Path file : files.filter(each -> each.endsWith("raft-meta.conf")).toList()) {
        Files.write(file, new byte[0]);
      }
    }
    cluster.start(lost, false);
    get(cluster.claim(0).append("x", message(22, 10)));
    cluster.awaitEqual(0);

    // The former disk gets no vote, and is told that it was removed.
    cluster.start(other, false);
    cluster.awaitEqual(0);
    cluster.stop(lost);
    cluster.setMembers(former);
    cluster.start(lost, false);
    until(() -> cluster.observer(lost, 0).failure() != null);
    assertThat(cluster.group(lost, 0).status().isLeader()).isFalse();
  }

  @Test
  void whatIsKnownOfTheGroupsIsShown() throws Exception {
    start(1, NEVER);
    Claimed claimed = cluster.claim(0);
    cluster.awaitEqual(0);
    GroupReplica.Status status = cluster.group(claimed.leader, 0).status();
    assertThat(status.leader()).isEqualTo(claimed.leader);
    assertThat(status.isLeader()).isTrue();
    assertThat(status.term()).isPositive();
    assertThat(status.applied()).isEqualTo(status.committed());
    assertThat(status.followers())
        .extracting(GroupReplica.Follower::node)
        .containsExactlyInAnyOrderElementsOf(cluster.others(claimed.leader));
    String follower = cluster.others(claimed.leader).get(0);
    assertThat(cluster.group(follower, 0).status().leader()).isEqualTo(claimed.leader);
    assertThat(cluster.group(follower, 0).status().followers()).isEmpty();
    assertThat(cluster.nodes).hasSize(3);
  }

  @Test
  void aNodeEndsWithoutWaitingForOneThatHangs() throws Exception {
    cluster = new RaftCluster(directory, 1, NEVER);
    InetAddress here = InetAddress.getLoopbackAddress();
    try (ServerSocket hanging = new ServerSocket(cluster.members().get(2).raftPort(), 50, here);
        RatisLog log = new RatisLog()) {
      cluster.start("1", false);
      cluster.start("2", false);
      get(cluster.claim(0).append("a", create(), message(1, 10)));
      cluster.stop(cluster.leader(0));
      assertThat(log.lines())
          .as("what Ratis tells when it has waited for three seconds")
          .noneMatch(line -> line.getFormattedMessage().contains("shutting down connection"));
    }
  }

  @Test
  void whatOthersSendToANodeThatEndsIsNotAnError() throws Exception {
    start(3, NEVER);
    for (int group = 0; group < 3; group++) {
      get(cluster.claim(group).append("a", create(), message(1, 10)));
    }
    try (RatisLog log = new RatisLog()) {
      for (String name : List.copyOf(cluster.nodes.keySet())) {
        for (int i = 0; i < 60; i++) {
          cluster.group(name, i % 3).readIndex();
        }
        cluster.stop(name);
      }
      assertThat(log.lines()).noneMatch(line -> line.getLevel() == Level.ERROR);
    }
  }

  @Test
  void aPortThatIsTakenIsAnErrorAndNotTheEndOfTheProcess() throws Exception {
    cluster = new RaftCluster(directory, 1, NEVER);
    try (ServerSocket taken = new ServerSocket(cluster.members().get(0).raftPort())) {
      assertThatThrownBy(() -> cluster.start("1", false))
          .hasMessageContaining("the port " + taken.getLocalPort() + " cannot be used");
    }
  }
}
