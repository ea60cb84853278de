package io.eric.cluster;

import static io.eric.testing.Hub.await;
import static io.eric.testing.Hub.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.UnavailableException;
import io.eric.cluster.FakeReplica.Outcome;
import io.eric.cluster.link.LinkIdentity;
import io.eric.cluster.link.LinkSettings;
import io.eric.cluster.link.NodeLinks;
import io.eric.cluster.link.Peer;
import io.eric.cluster.owner.GroupReplica;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.EncodedSection;
import io.eric.cluster.state.GroupEntry.ClaimGroup;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Section;
import io.eric.cluster.state.Verdict;
import io.eric.internal.VertxLoop;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Node 1 appends to a group that node 2 leads, over real links. */
class LeaderLogTest {

  private static final Owner OTHER = new Owner("2", "life");

  private final Vertx vertx = Vertx.vertx();
  private final NodeLinks here = links("1");
  private final NodeLinks there = links("2");
  private final FakeReplica follower = new FakeReplica(0);
  private final FakeReplica leader = new FakeReplica(0);
  private LeaderLog log;

  private NodeLinks links(String name) {
    ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
    return new NodeLinks(
        context,
        new LinkIdentity("test", name, "life"),
        LinkSettings.at("127.0.0.1", 0),
        channel -> false,
        new SeenNodes());
  }

  @BeforeEach
  void connect() {
    int port = await(here.listen());
    List<Peer> all =
        List.of(
            new Peer("1", "127.0.0.1", port), new Peer("2", "127.0.0.1", await(there.listen())));
    await(here.connect(all));
    await(there.connect(all));
    LeaderLog.serve(there, new OneGroup(leader));
    ChannelCatalog catalog = new ChannelCatalog();
    for (FakeReplica each : List.of(follower, leader)) {
      each.observedBy(
          new LocalGroup(
              0,
              OTHER,
              new VertxLoop(vertx.getOrCreateContext()),
              catalog,
              new RebalancerTest.Nothing()));
    }
    follower.leader = "2";
    leader.lead("2");
    log = new LeaderLog(follower, here);
    Hub.until(() -> isConnected());
  }

  private boolean isConnected() {
    return await(here.call("2", "nothing", Buffer.buffer(), 1_000).map(true).otherwise(this::isUp));
  }

  private boolean isUp(Throwable failure) {
    return String.valueOf(failure.getMessage()).contains("there is no service nothing");
  }

  @AfterEach
  void close() {
    await(here.close());
    await(there.close());
    await(vertx.close());
  }

  private Future<List<Verdict>> append(EncodedEntry entry) {
    return Future.fromCompletionStage(log.append(entry));
  }

  private static EncodedEntry claim() {
    return EncodedEntry.of(new ClaimGroup(OTHER));
  }

  private static EncodedEntry staleBatch() {
    Section section = new Section("c", 77, List.of(new Change.Delete()));
    return EncodedEntry.batch(List.of(new EncodedSection(section)));
  }

  @Test
  void theVerdictsOfTheLeaderComeBack() {
    assertThat(await(append(claim()))).containsExactly(Verdict.APPLIED);
    assertThat(await(append(staleBatch()))).containsExactly(Verdict.STALE);
    assertThat(leader.status().applied()).isEqualTo(2);
    assertThat(follower.status().applied()).isZero();
  }

  @Test
  void aLeaderAppendsByItself() {
    follower.lead("1");
    assertThat(await(append(claim()))).containsExactly(Verdict.APPLIED);
    assertThat(follower.status().applied()).isEqualTo(1);
    assertThat(leader.status().applied()).isZero();
  }

  @Test
  void withoutALeaderAnAppendFailsAtOnce() {
    follower.leader = null;
    assertThat(failure(append(claim()))).isInstanceOf(UnavailableException.class);
  }

  @Test
  void anAppendThatTheLeaderRefusesFails() {
    leader.outcome = Outcome.NOT_APPLIED;
    assertThat(failure(append(claim()))).isInstanceOf(ReplyException.class);
  }

  @Test
  void anAnswerThatIsLostLeavesTheOutcomeUnknown() {
    leader.outcome = Outcome.APPLIED_WITHOUT_ANSWER;
    assertThat(failure(append(claim()))).isInstanceOf(ReplyException.class);
    assertThat(leader.status().applied()).isEqualTo(1);
  }

  @Test
  void aGroupThatTheOtherNodeDoesNotHaveIsRefusedByNumber() {
    FakeReplica unknown = new FakeReplica(7);
    unknown.leader = "2";
    log = new LeaderLog(unknown, here);
    assertThat(failure(append(claim()))).hasMessageContaining("there is no group 7");
  }

  private record OneGroup(FakeReplica only) implements LeaderLog.Groups {

    @Override
    public @Nullable GroupReplica replica(int number) {
      return number == 0 ? only : null;
    }

    @Override
    public Executor thread(int number) {
      return Runnable::run;
    }
  }
}
