package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.cluster.owner.GroupOwner;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.GroupEntry.Batch;
import io.eric.cluster.state.GroupEntry.ClaimChannel;
import io.eric.cluster.state.GroupEntry.ClaimGroup;
import io.eric.cluster.state.GroupState;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Section;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LocalGroupTest {

  private static final Owner ME = new Owner("1", "life");
  private static final Owner OTHER = new Owner("2", "life");

  private final SimulatedTime time = new SimulatedTime();
  private final SimulatedLoop loop = new SimulatedLoop(time);
  private final ChannelCatalog catalog = new ChannelCatalog();
  private final List<String> told = new ArrayList<>();
  private final FakeReplica replica = new FakeReplica(0);
  private final LocalGroup group = new LocalGroup(0, ME, loop, catalog, new Telling());
  private final GroupState state = new GroupState();

  private void attach() {
    replica.observedBy(group);
    group.attach(
        replica,
        new GroupOwner(
            ME,
            replica,
            Runnable::run,
            loop,
            new RebalancerTest.NoChannels(),
            new EntryLimits(1, 1, 1 << 20)));
  }

  /** Applies to a group what another node appends: a claim, a channel for all and one's own. */
  private void fill() {
    state.apply(1, new ClaimGroup(OTHER));
    state.apply(
        2, new Batch(List.of(new Section("all", 1, List.of(new Change.Create(1, "epoch", "{}"))))));
    state.apply(3, new ClaimChannel("own", OTHER, null, 2, "epoch"));
  }

  private ChannelView view(String id) {
    return Objects.requireNonNull(state.view(id));
  }

  @Test
  void whatIsToldBeforeTheReplicaIsAttachedIsNotLost() {
    fill();
    group.claimed(state);
    group.channelChanged(view("all"));
    time.pass(1);
    assertThat(catalog.get("all")).isNull();
    attach();
    assertThat(catalog.get("all")).isNotNull();
    assertThat(group.owner()).isEqualTo(OTHER);
    assertThat(told).containsExactly("changed all");
  }

  @Test
  void aClaimMovesTheChannelsThatTheGroupsOwnerHasAndNotThoseOfOwnClasses() {
    attach();
    fill();
    group.channelChanged(view("all"));
    group.channelChanged(view("own"));
    catalog.put(new ChannelCatalog.Entry("elsewhere", 1, 1, 1, "epoch", false, null));
    time.pass(1);
    told.clear();
    group.claimed(state);
    time.pass(1);
    assertThat(told).containsExactly("moved all");
    assertThat(group.claim()).isEqualTo(1);
    assertThat(group.owner()).isEqualTo(OTHER);
  }

  @Test
  void thisNodesOwnClaimOpensTheChannels() {
    attach();
    replica.lead("1");
    time.pass(1);
    assertThat(group.owner()).isEqualTo(ME);
    assertThat(group.work().state()).isEqualTo(GroupOwner.State.OWNING);
  }

  @Test
  void aSnapshotTellsOfChannelsThatAreGoneAndOfThoseThatAreThere() {
    attach();
    catalog.put(new ChannelCatalog.Entry("gone", 0, 1, 1, "epoch", false, null));
    catalog.put(new ChannelCatalog.Entry("elsewhere", 1, 1, 1, "epoch", false, null));
    replica.lead("1");
    time.pass(1);
    told.clear();
    replica.outcome = FakeReplica.Outcome.NOT_APPLIED; // so this node does not claim it at once
    fill();
    group.restored(state);
    time.pass(1);
    assertThat(told).containsExactly("deleted gone", "changed all", "changed own");
    assertThat(catalog.get("elsewhere")).isNotNull();
    assertThat(group.owner()).isEqualTo(OTHER);
    assertThat(group.work().state()).isEqualTo(GroupOwner.State.CLAIMING);
  }

  @Test
  void aChannelThatIsDeletedIsToldWhenTheCatalogHasForgottenIt() {
    attach();
    fill();
    group.channelChanged(view("all"));
    group.deleted("all");
    time.pass(1);
    assertThat(told).containsExactly("changed all", "deleted all");
    assertThat(catalog.get("all")).isNull();
  }

  @Test
  void aReplicaThatHasFailedOwnsNothing() {
    attach();
    replica.lead("1");
    time.pass(1);
    group.failed(new IllegalStateException("disk full"));
    time.pass(1);
    assertThat(group.work().state()).isEqualTo(GroupOwner.State.FAILED);
    assertThat(told).contains("failed 0 disk full");
  }

  private final class Telling implements LocalGroup.Listener {

    @Override
    public void moved(String channel) {
      told.add("moved " + channel);
    }

    @Override
    public void changed(ChannelView channel) {
      assertThat(catalog.get(channel.id())).as("the catalog is told first").isNotNull();
      told.add("changed " + channel.id());
    }

    @Override
    public void deleted(String channel) {
      assertThat(catalog.get(channel)).as("the catalog is told first").isNull();
      told.add("deleted " + channel);
    }

    @Override
    public void failed(int number, Throwable reason) {
      told.add("failed " + number + " " + reason.getMessage());
    }
  }
}
