package io.eric.cluster;

import static io.eric.testing.Hub.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.channel.ChannelContainer;
import io.eric.channel.internal.overflow.LogBudget;
import io.eric.cluster.link.LinkIdentity;
import io.eric.cluster.link.LinkSettings;
import io.eric.cluster.link.NodeLinks;
import io.eric.cluster.owner.GroupOwner;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.owner.GroupReplica.Follower;
import io.eric.cluster.owner.Tenure;
import io.eric.cluster.route.ChannelRoutes;
import io.eric.cluster.route.RouteObserver;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Verdict;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.SSEChannelOptions;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Node 1 of two, with one group. */
class NodeHealthTest {

  private static final Owner ME = new Owner("1", "life");

  private final Vertx vertx = Vertx.vertx();
  private final SimulatedTime time = new SimulatedTime();
  private final SimulatedLoop loop = new SimulatedLoop(time);
  private final ChannelCatalog catalog = new ChannelCatalog();
  private final FakeReplica replica = new FakeReplica(0);
  private final LocalGroup group =
      new LocalGroup(0, ME, loop, catalog, new RebalancerTest.Nothing());
  private final Set<String> broken = new HashSet<>();
  private final SeenNodes seen = new SeenNodes();
  private final Rebalancer rebalancer =
      new Rebalancer("1", List.of("1", "2"), List.of(group), seen::reached, loop, 0);
  private final NodeHealth health =
      new NodeHealth("1", 2, List.of(group), seen, rebalancer, catalog, channels());

  private NodeChannels channels() {
    NodeLinks links =
        new NodeLinks(
            vertx.getOrCreateContext(),
            new LinkIdentity("test", "1", "life"),
            LinkSettings.at("127.0.0.1", 0),
            channel -> false,
            new SeenNodes());
    return new NodeChannels(
        vertx,
        loop,
        "1",
        new ChannelContainer(vertx, MemoryStore.create(), new SSEChannelOptions()),
        new ChannelRoutes(vertx, loop, links, 1 << 20, new NoRoutes()),
        id -> true,
        id -> null,
        id -> LogBudget.unlimited());
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private void attach() {
    replica.observedBy(group);
    group.attach(
        replica,
        new GroupOwner(
            ME, replica, Runnable::run, loop, new SomeBroken(), new EntryLimits(1, 1, 1 << 20)));
  }

  private void own() {
    replica.lead("1");
    time.pass(1);
  }

  private void create(String id) {
    Promise<Verdict> created = Promise.promise();
    group.work().create(id, new Change.Create(1, "epoch", "{}"), created);
    time.pass(1);
    assertThat(created.future().succeeded()).isTrue();
  }

  /** What is the matter with the node, its status, and what it says, or "" for nothing. */
  private enum Case {
    NO_OWNER(
        on -> {},
        "DEGRADED",
        "no node owns group 0; this node reaches 1 of 2 nodes, itself included, and more than half"
            + " are needed"),
    NO_CLAIM(
        on -> on.replica.leader = "2",
        "DEGRADED",
        "no node owns group 0; this node reaches 1 of 2 nodes, itself included, and more than half"
            + " are needed"),
    ALONE(on -> on.own(), "DEGRADED", ""),
    WHOLE(
        on -> {
          on.own();
          on.seen.up("2", "life");
        },
        "UP",
        ""),
    FOLLOWS(
        on -> {
          on.seen.up("2", "life");
          on.replica.claimedBy(new Owner("2", "life"));
        },
        "UP",
        ""),
    LOST_LEADER(
        on -> {
          on.own();
          on.seen.up("2", "life");
          on.replica.leader = null;
        },
        "DEGRADED",
        "no node owns group 0; this node reaches 2 of 2 nodes, itself included, and more than half"
            + " are needed"),
    UNCLAIMED(
        on -> {
          on.seen.up("2", "life");
          on.replica.claimedBy(new Owner("2", "life"));
          on.replica.leader = "1";
        },
        "DEGRADED",
        "group 0 is led by node 1, which has not taken it over from node 2 yet"),
    STANDS_STILL(
        on -> {
          on.seen.up("2", "life");
          on.replica.claimedBy(new Owner("2", "life"));
          on.replica.stillMs = 30_000;
        },
        "DEGRADED",
        "the replica of group 0 has got nothing for 30 s although the others go on: it is given a"
            + " snapshot, or this node has to be started again"),
    STANDS_STILL_FOR_A_MOMENT(
        on -> {
          on.seen.up("2", "life");
          on.replica.claimedBy(new Owner("2", "life"));
          on.replica.stillMs = 29_999;
        },
        "UP",
        ""),
    DRAINING(
        on -> {
          on.own();
          on.seen.up("2", "life");
          on.rebalancer.drain();
        },
        "DEGRADED",
        "the node is draining"),
    UNOPENED(
        on -> {
          on.own();
          on.seen.up("2", "life");
          on.broken.add("bad");
          on.create("bad");
        },
        "DEGRADED",
        ""),
    FAILED(
        on -> {
          on.own();
          on.rebalancer.drain();
          on.health.failed(new IllegalStateException("disk full"));
        },
        "DOWN",
        "a replica has failed, this node must end: disk full");

    private final Consumer<NodeHealthTest> matter;
    private final String status;
    private final String trouble;

    Case(Consumer<NodeHealthTest> matter, String status, String trouble) {
      this.matter = matter;
      this.status = status;
      this.trouble = trouble;
    }
  }

  @ParameterizedTest
  @EnumSource(Case.class)
  void theNodeSaysWhatIsTheMatter(Case each) {
    attach();
    each.matter.accept(this);
    time.pass(1);
    String trouble = health.trouble();
    assertThat(trouble == null ? "" : trouble).isEqualTo(each.trouble);
    JsonObject described = health.describe();
    assertThat(described.getString("status")).isEqualTo(each.status);
    assertThat(described.getString("trouble", "")).isEqualTo(each.trouble);
  }

  @Test
  void aLeaderTellsHowFarTheOthersAreBehind() {
    attach();
    replica.followers = List.of(new Follower("2", 17, 3));
    own();
    assertThat(described())
        .isEqualTo(
            new JsonObject()
                .put("group", 0)
                .put("leader", "1")
                .put("owner", "1")
                .put("term", 1L)
                .put("applied", 1L)
                .put("behind", new JsonObject().put("2", 17L)));
  }

  @Test
  void aChannelThatCannotBeOpenedIsNamedWithTheReason() {
    attach();
    own();
    broken.add("bad");
    create("good");
    create("bad");
    assertThat(described().getJsonObject("unopened").getString("bad")).contains("no room");
    assertThat(health.describe().getInteger("channels")).isEqualTo(2);
    broken.clear();
    time.pass(1_000);
    assertThat(described().containsKey("unopened")).isFalse();
  }

  @Test
  void ofManyChannelsThatCannotBeOpenedTenAreNamed() {
    attach();
    own();
    for (int i = 0; i < 25; i++) {
      broken.add("bad" + i);
      create("bad" + i);
    }
    assertThat(described().getJsonObject("unopened").size()).isEqualTo(10);
  }

  private JsonObject described() {
    return health.describe().getJsonArray("groups").getJsonObject(0);
  }

  private final class SomeBroken implements GroupOwner.Channels {

    @Override
    public Future<Void> open(ChannelView channel, Tenure tenure) {
      return broken.contains(channel.id())
          ? Future.failedFuture("no room")
          : Future.succeededFuture();
    }

    @Override
    public Future<Void> close(String channel, boolean inOrder) {
      return Future.succeededFuture();
    }
  }

  private record NoRoutes() implements RouteObserver {

    @Override
    public void missed(String channel) {}

    @Override
    public void moved(String channel, long term) {}
  }
}
