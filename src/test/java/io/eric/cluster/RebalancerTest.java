package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.cluster.owner.GroupOwner;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.owner.GroupReplica.Follower;
import io.eric.cluster.owner.Tenure;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.Owner;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Node 1 of three owns all three groups, of which the others prefer one each. */
class RebalancerTest {

  private static final long DELAY_MS = 5_000;
  private static final Follower NEAR_2 = new Follower("2", 1_000, 1_000);
  private static final Follower NEAR_3 = new Follower("3", 0, 0);

  private final SimulatedTime time = new SimulatedTime();
  private final SimulatedLoop loop = new SimulatedLoop(time);
  private final List<FakeReplica> replicas = new ArrayList<>();
  private final List<LocalGroup> groups = new ArrayList<>();
  private final Set<String> reached = new HashSet<>();
  private Rebalancer rebalancer;

  @BeforeEach
  void own() {
    Owner me = new Owner("1", "life");
    for (int i = 0; i < 3; i++) {
      FakeReplica replica = new FakeReplica(i);
      LocalGroup group = new LocalGroup(i, me, loop, new ChannelCatalog(), new Nothing());
      replica.observedBy(group);
      replica.followers = List.of(NEAR_2, NEAR_3);
      group.attach(
          replica,
          new GroupOwner(
              me, replica, Runnable::run, loop, new NoChannels(), new EntryLimits(1, 1, 1)));
      replica.lead("1");
      replicas.add(replica);
      groups.add(group);
    }
    rebalancer = leadership(DELAY_MS);
    time.pass(1);
  }

  private Rebalancer leadership(long delayMs) {
    return new Rebalancer("1", List.of("1", "2", "3"), groups, () -> reached, loop, delayMs);
  }

  private void up(String node) {
    reached.add(node);
    rebalancer.up(node);
  }

  private void down(String node) {
    reached.remove(node);
    rebalancer.down();
  }

  /** What each group was asked to go to, in order of their numbers. */
  private List<List<String>> transfers() {
    return replicas.stream().map(each -> List.copyOf(each.transfers)).toList();
  }

  private void allUp() {
    up("2");
    up("3");
  }

  /** Group 1 prefers node 2 and then node 3; where it goes if something is the matter. */
  private enum Case {
    NOTHING(on -> {}, "2"),
    NOT_UP(on -> on.down("2"), "3"),
    LEAVES(on -> on.rebalancer.leaves("2"), "3"),
    CAME_BACK(
        on -> {
          on.rebalancer.leaves("2");
          on.down("2");
          on.up("2");
        },
        "2"),
    BEHIND(on -> on.followers(new Follower("2", 1_001, 0), NEAR_3), "3"),
    SILENT(on -> on.followers(new Follower("2", 0, 1_001), NEAR_3), "3"),
    NO_FOLLOWER(on -> on.followers(NEAR_3), "3"),
    NOBODY(on -> on.followers(), null);

    private final Consumer<RebalancerTest> matter;
    private final String goesTo;

    Case(Consumer<RebalancerTest> matter, String goesTo) {
      this.matter = matter;
      this.goesTo = goesTo;
    }
  }

  private void followers(Follower... all) {
    replicas.get(1).followers = List.of(all);
  }

  @ParameterizedTest
  @EnumSource(Case.class)
  void aGroupGoesToTheFirstNodeThatCanTakeIt(Case each) {
    allUp();
    each.matter.accept(this);
    time.pass(DELAY_MS + 1);
    rebalancer.look();
    time.pass(1);
    assertThat(replicas.get(0).transfers).as("group 0 prefers this node").isEmpty();
    assertThat(replicas.get(1).transfers)
        .isEqualTo(each.goesTo == null ? List.of() : List.of(each.goesTo));
  }

  @Test
  void groupsGoOneAtATime() {
    allUp();
    time.pass(DELAY_MS + 1);
    rebalancer.look();
    rebalancer.look();
    time.pass(1);
    assertThat(transfers()).containsExactly(List.of(), List.of("2"), List.of());
    replicas.get(1).claimedBy(new Owner("2", "life"));
    time.pass(1);
    rebalancer.look();
    time.pass(1);
    assertThat(transfers()).containsExactly(List.of(), List.of("2"), List.of("3"));
  }

  @Test
  void aGroupThatCameBackStaysForAsLongAsNodesMustBeUnchanged() {
    allUp();
    time.pass(DELAY_MS);
    replicas.get(1).claimedBy(new Owner("2", "life"));
    replicas.get(1).lead("1"); // the hand-over to node 2 has failed
    time.pass(DELAY_MS - 1);
    rebalancer.look();
    time.pass(1);
    assertThat(transfers()).containsExactly(List.of(), List.of(), List.of("3"));
    replicas.get(2).claimedBy(new Owner("3", "life"));
    time.pass(DELAY_MS);
    rebalancer.look();
    time.pass(1);
    assertThat(replicas.get(1).transfers).containsExactly("2");
  }

  @Test
  void noGroupGoesWhileTheNodesChange() {
    allUp();
    for (int i = 0; i < 3; i++) {
      time.pass(DELAY_MS - 1);
      rebalancer.look();
      down("3");
      time.pass(DELAY_MS - 1);
      rebalancer.look();
      up("3");
    }
    time.pass(1);
    assertThat(transfers()).allMatch(List::isEmpty);
    time.pass(DELAY_MS);
    rebalancer.look();
    time.pass(1);
    assertThat(replicas.get(1).transfers).containsExactly("2");
  }

  @Test
  void withADelayOf0NoGroupGoesByItself() {
    rebalancer = leadership(0);
    allUp();
    time.pass(600_000);
    rebalancer.look();
    time.pass(1);
    assertThat(transfers()).allMatch(List::isEmpty);
  }

  @Test
  void aNodeThatDrainsGivesAllGroupsAwayAtOnceAndTakesNone() {
    allUp();
    Future<Void> drained = rebalancer.drain();
    time.pass(1);
    assertThat(rebalancer.isDraining()).isTrue();
    assertThat(transfers()).containsExactly(List.of("2"), List.of("2"), List.of("3"));
    assertThat(drained.isComplete()).isFalse();
    replicas.forEach(each -> each.claimedBy(new Owner("2", "life")));
    time.pass(1);
    assertThat(drained.succeeded()).isTrue();
  }

  @Test
  void aNodeThatDrainsAloneKeepsItsGroups() {
    Future<Void> drained = rebalancer.drain();
    time.pass(1);
    assertThat(drained.succeeded()).isTrue();
    assertThat(transfers()).allMatch(List::isEmpty);
    assertThat(groups).allMatch(each -> each.work().state() == GroupOwner.State.OWNING);
  }

  record NoChannels() implements GroupOwner.Channels {

    @Override
    public Future<Void> open(ChannelView channel, Tenure tenure) {
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> close(String channel, boolean inOrder) {
      return Future.succeededFuture();
    }
  }

  record Nothing() implements LocalGroup.Listener {

    @Override
    public void moved(String channel) {}

    @Override
    public void changed(ChannelView channel) {}

    @Override
    public void deleted(String channel) {}

    @Override
    public void failed(int group, Throwable reason) {}
  }
}
