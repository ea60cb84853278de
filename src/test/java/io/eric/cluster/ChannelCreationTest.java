package io.eric.cluster;

import static io.eric.testing.Hub.await;
import static io.eric.testing.Hub.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.InvalidChannelException;
import io.eric.UnavailableException;
import io.eric.cluster.FakeReplica.Outcome;
import io.eric.cluster.link.LinkIdentity;
import io.eric.cluster.link.LinkSettings;
import io.eric.cluster.link.NodeLinks;
import io.eric.cluster.link.Peer;
import io.eric.cluster.owner.GroupOwner;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.Owner;
import io.eric.internal.Loop;
import io.eric.internal.VertxLoop;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Node 1 owns the only group; node 2 creates channels there, over real links. */
class ChannelCreationTest {

  private static final JsonObject OPTIONS = new JsonObject().put("history", 5);

  private final Vertx vertx = Vertx.vertx();
  private final Side owner = new Side("1");
  private final Side other = new Side("2");

  /** The channels for which a majority was asked. */
  private final List<String> upToDate = new CopyOnWriteArrayList<>();

  private volatile Future<Void> majority = Future.succeededFuture();

  /** What a node has for creating channels. */
  private final class Side {

    private final ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
    private final Loop loop = new VertxLoop(context);
    private final Owner me;
    private final NodeLinks links;
    private final ChannelCatalog catalog = new ChannelCatalog();
    private final FakeReplica replica = new FakeReplica(0);
    private final LocalGroup group;
    private final ChannelCreation creation;

    private Side(String name) {
      this.me = new Owner(name, "life");
      this.links =
          new NodeLinks(
              context,
              new LinkIdentity("test", name, "life"),
              LinkSettings.at("127.0.0.1", 0),
              channel -> false,
              new SeenNodes());
      this.group = new LocalGroup(0, me, loop, catalog, new Applied());
      replica.observedBy(group);
      this.creation =
          new ChannelCreation(
              name,
              loop,
              catalog,
              id -> group,
              links,
              id -> {
                upToDate.add(id);
                return majority;
              });
    }

    /** Tells the creation what is applied. */
    private final class Applied implements LocalGroup.Listener {

      @Override
      public void moved(String channel) {}

      @Override
      public void changed(ChannelView channel) {
        creation.applied(channel);
      }

      @Override
      public void deleted(String channel) {}

      @Override
      public void failed(int group, Throwable reason) {}
    }

    private <T> Future<T> on(Supplier<Future<T>> task) {
      Promise<T> done = Promise.promise();
      context.runOnContext(turn -> task.get().onComplete(done));
      return done.future();
    }

    private void attach() {
      await(
          on(
              () -> {
                group.attach(
                    replica,
                    new GroupOwner(
                        me,
                        replica,
                        Runnable::run,
                        loop,
                        new RebalancerTest.NoChannels(),
                        new EntryLimits(1, 1, 1 << 20)));
                return Future.succeededFuture();
              }));
    }

    private Future<Void> create(String id, JsonObject options) {
      return on(() -> creation.create(id, options));
    }
  }

  @BeforeEach
  void connect() {
    int port = await(owner.links.listen());
    List<Peer> all =
        List.of(
            new Peer("1", "127.0.0.1", port),
            new Peer("2", "127.0.0.1", await(other.links.listen())));
    await(owner.links.connect(all));
    await(other.links.connect(all));
    owner.attach();
    other.attach();
    owner.replica.lead("1");
    other.replica.claimedBy(owner.me);
    Hub.until(() -> owner.me.equals(owner.group.owner()) && owner.me.equals(other.group.owner()));
  }

  @AfterEach
  void close() {
    await(owner.links.close());
    await(other.links.close());
    await(vertx.close());
  }

  private ChannelView created(String id) {
    return Objects.requireNonNull(owner.replica.channel(id));
  }

  @Test
  void aChannelIsCreatedThroughItsOwnerAndThroughAnotherNode() {
    await(owner.create("here", OPTIONS));
    majority = Promise.<Void>promise().future();
    Future<Void> there = other.create("there", OPTIONS);
    Hub.until(() -> owner.replica.channel("there") != null);
    other.replica.learns(created("there"));
    await(there);
    assertThat(created("here").options()).isEqualTo(OPTIONS.encode());
    assertThat(created("there").options()).isEqualTo(OPTIONS.encode());
    assertThat(other.catalog.get("there")).isNotNull();
  }

  @Test
  void aNodeThatDoesNotApplyWhatItHasCreatedAsksAMajority() {
    await(other.create("there", OPTIONS));
    assertThat(upToDate).containsExactly("there");
    majority = Future.failedFuture(new UnavailableException("nobody answers"));
    assertThat(failure(other.create("more", OPTIONS))).isInstanceOf(UnavailableException.class);
  }

  @Test
  void ofCreationsAtOnceOneSucceedsWhateverTheOptions() {
    for (JsonObject second : List.of(OPTIONS, new JsonObject())) {
      String id = "c" + second.size();
      Future<Void> one = other.create(id, OPTIONS);
      Future<Void> another = owner.create(id, second);
      await(Future.join(one, another).otherwiseEmpty());
      assertThat(List.of(one.succeeded(), another.succeeded())).containsOnlyOnce(true);
      Throwable refused = one.failed() ? one.cause() : another.cause();
      assertThat(refused).isInstanceOf(InvalidChannelException.class);
      assertThat(created(id).options()).isEqualTo((one.succeeded() ? OPTIONS : second).encode());
    }
  }

  @Test
  void aCreationWhoseAnswerWasLostIsFoundToBeDone() {
    owner.replica.outcome = Outcome.APPLIED_WITHOUT_ANSWER;
    Future<Void> created = other.create("c", OPTIONS);
    Hub.until(() -> owner.replica.channel("c") != null);
    assertThat(created.isComplete()).isFalse();
    owner.replica.outcome = Outcome.APPLIED;
    await(created);
    assertThat(failure(owner.create("c", OPTIONS))).isInstanceOf(InvalidChannelException.class);
  }

  @Test
  void withoutAMajorityACreationFailsWhenItsPatienceIsOver() {
    owner.replica.outcome = Outcome.NOT_APPLIED;
    assertThat(failure(owner.create("c", OPTIONS))).isInstanceOf(UnavailableException.class);
    assertThat(owner.replica.channel("c")).isNull();
  }

  @Test
  void aChannelOfAClassOfItsOwnExistsAlthoughTheGroupsOwnerHasNotClaimedIt() {
    owner.replica.claimChannel("own", other.me);
    for (Side each : List.of(owner, other)) {
      assertThat(failure(each.create("own", OPTIONS))).isInstanceOf(InvalidChannelException.class);
    }
  }
}
