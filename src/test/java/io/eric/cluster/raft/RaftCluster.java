package io.eric.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.Payload;
import io.eric.cluster.identity.Member;
import io.eric.cluster.identity.Membership;
import io.eric.cluster.owner.GroupReplica;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.GroupEntry.Batch;
import io.eric.cluster.state.GroupEntry.ClaimGroup;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Section;
import io.eric.cluster.state.Verdict;
import io.eric.log.Entry;
import io.eric.metrics.Meters;
import io.eric.testing.FreePort;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Three nodes of a cluster in one process. Its waits are bounds for a busy machine. */
final class RaftCluster implements AutoCloseable {

  static final Duration LONG = Duration.ofSeconds(60);

  final Map<String, RaftNode> nodes = new TreeMap<>();

  private final Path directory;
  private final int groups;
  private final long snapshotBytes;
  private final Map<String, List<RecordingObserver>> observers = new HashMap<>();
  private final Map<String, Meters> meters = new HashMap<>();
  private List<Member> members = new ArrayList<>();

  RaftCluster(Path directory, int groups, long snapshotBytes) throws IOException {
    this.directory = directory;
    this.groups = groups;
    this.snapshotBytes = snapshotBytes;
    for (String node : List.of("1", "2", "3")) {
      members.add(new Member(node, "disk" + node, "127.0.0.1", FreePort.find(), 0));
    }
  }

  List<Member> members() {
    return members;
  }

  void setMembers(List<Member> changed) {
    members = changed;
  }

  void startAll() throws IOException {
    for (Member member : members) {
      start(member.node(), false);
    }
  }

  RaftNode start(String name, boolean joining) throws IOException {
    Member self = members.stream().filter(each -> each.node().equals(name)).findFirst().get();
    List<RecordingObserver> own = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      own.add(new RecordingObserver());
    }
    Meters counted = new Meters();
    RaftSettings settings =
        new RaftSettings(
            name,
            new Membership("test", groups, members),
            directory.resolve(self.storage()),
            "127.0.0.1",
            joining,
            false,
            RaftSettings.ELECTION_TIMEOUT,
            1 << 20,
            1 << 20);
    observers.put(name, own);
    meters.put(name, counted);
    RaftNode node =
        RaftNode.start(settings, () -> new SnapshotPolicy(snapshotBytes), own::get, counted);
    nodes.put(name, node);
    return node;
  }

  void stop(String name) {
    nodes.remove(name).close();
  }

  Path directoryOf(String name) {
    return directory.resolve(
        members.stream().filter(each -> each.node().equals(name)).findFirst().get().storage());
  }

  RecordingObserver observer(String name, int group) {
    return observers.get(name).get(group);
  }

  Meters meters(String name) {
    return meters.get(name);
  }

  /** Waits until a node leads a group and its observer was told. */
  String leader(int group) {
    await().atMost(LONG).until(() -> nodes.keySet().stream().anyMatch(each -> leads(each, group)));
    return nodes.keySet().stream()
        .filter(each -> leads(each, group))
        .findFirst()
        .orElseGet(() -> leader(group));
  }

  private boolean leads(String name, int group) {
    return nodes.get(name).group(group).status().isLeader() && observer(name, group).leads();
  }

  List<String> others(String name) {
    return nodes.keySet().stream().filter(each -> !each.equals(name)).toList();
  }

  GroupReplica group(String name, int group) {
    return nodes.get(name).group(group);
  }

  /** Claims a group for the node that leads it, and again if the lead was lost meanwhile. */
  Claimed claim(int group) {
    long end = System.nanoTime() + LONG.toNanos();
    while (true) {
      String leader = leader(group);
      try {
        Owner owner = new Owner(leader, "life of " + leader + System.nanoTime());
        List<Verdict> verdicts =
            get(group(leader, group).append(EncodedEntry.of(new ClaimGroup(owner))));
        assertThat(verdicts).containsExactly(Verdict.APPLIED);
        return new Claimed(leader, group, observer(leader, group).claim());
      } catch (Exception e) {
        if (System.nanoTime() > end) {
          throw new AssertionError("group " + group + " cannot be claimed", e);
        }
      }
    }
  }

  /** A claim of a group, under which its leader appends. */
  final class Claimed {
    final String leader;
    private final int group;
    final long claim;

    private Claimed(String leader, int group, long claim) {
      this.leader = leader;
      this.group = group;
      this.claim = claim;
    }

    CompletionStage<List<Verdict>> append(String channel, Change... changes) {
      return group(leader, group).append(entry(claim, channel, changes));
    }
  }

  static EncodedEntry entry(long claim, String channel, Change... changes) {
    return EncodedEntry.of(new Batch(List.of(new Section(channel, claim, List.of(changes)))));
  }

  static Change create() {
    return new Change.Create(100, "epoch", "{}");
  }

  static Change message(long sequence, int bytes) {
    return new Change.Append(
        List.of(new Entry(sequence, 1_000, null, "t", Payload.of("x".repeat(bytes)), null, null)));
  }

  /** Waits until all running nodes have the same of a group. */
  void awaitEqual(int group) {
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              RecordingObserver first = observer(nodes.keySet().iterator().next(), group);
              for (String name : nodes.keySet()) {
                assertThat(nodes.get(name).group(group).status().applied())
                    .isEqualTo(nodes.values().iterator().next().group(group).status().applied());
                assertThat(observer(name, group).channels()).isEqualTo(first.channels());
              }
            });
  }

  static void until(BooleanSupplier condition) {
    await().atMost(LONG).until(condition::getAsBoolean);
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    try {
      return stage.toCompletableFuture().get(LONG.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer in " + LONG, e);
    }
  }

  @Override
  public void close() {
    nodes.values().forEach(RaftNode::close);
  }
}
