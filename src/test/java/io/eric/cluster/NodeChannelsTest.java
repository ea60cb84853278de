package io.eric.cluster;

import static io.eric.testing.Hub.await;
import static io.eric.testing.Hub.failure;
import static io.eric.testing.Hub.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.InvalidChannelException;
import io.eric.Message;
import io.eric.UnavailableException;
import io.eric.channel.ChannelContainer;
import io.eric.channel.internal.Placement.Ownership;
import io.eric.channel.internal.overflow.LogBudget;
import io.eric.cluster.NodeChannels.Served;
import io.eric.cluster.owner.GroupOwner.EntryLimits;
import io.eric.cluster.owner.ReplicaObserver;
import io.eric.cluster.owner.Tenure;
import io.eric.cluster.owner.TenureStore;
import io.eric.cluster.route.ChannelRoutes;
import io.eric.cluster.route.RouteObserver;
import io.eric.cluster.state.Change;
import io.eric.cluster.state.ChannelView;
import io.eric.cluster.state.EncodedEntry;
import io.eric.cluster.state.GroupEntry.ClaimGroup;
import io.eric.cluster.state.GroupState;
import io.eric.cluster.state.Owner;
import io.eric.cluster.state.Verdict;
import io.eric.internal.Loop;
import io.eric.internal.VertxLoop;
import io.eric.internal.client.AddressRouter.Far;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.LocalCodec;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The channel itself or a route to it, as the owner of the group and its state say. */
class NodeChannelsTest {

  private static final String ID = "news";
  private static final JsonObject PONG = BusReply.result("pong");
  private static final Served HERE = new Served("1", 1);
  private static final Served ELSEWHERE = new Served("2", 7);

  private final Vertx vertx = Vertx.vertx();
  private final ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
  private final Loop loop = new VertxLoop(context);
  private final ChannelContainer container =
      new ChannelContainer(vertx, MemoryStore.create(), new SSEChannelOptions());
  private final FakeReplica replica = new FakeReplica(0);
  private final Map<String, Served> served = new ConcurrentHashMap<>();
  private volatile boolean deleted;
  private final NodeChannels channels =
      new NodeChannels(
          vertx,
          loop,
          "1",
          container,
          new ChannelRoutes(vertx, loop, new Links(), 1 << 20, new Deaf()),
          id -> !deleted,
          served::get,
          id -> LogBudget.unlimited());
  private final Tenure tenure =
      Tenure.begin(1, replica, Runnable::run, new EntryLimits(1, 1, 1 << 20), () -> {});

  @BeforeEach
  void claim() {
    LocalCodec.register(vertx);
    replica.observedBy(new Deaf());
    replica.append(EncodedEntry.of(new ClaimGroup(new Owner("1", "life"))));
  }

  @AfterEach
  void close() {
    await(container.close());
    await(vertx.close());
  }

  private <T> Future<T> on(Supplier<Future<T>> task) {
    Promise<T> done = Promise.promise();
    context.runOnContext(turn -> task.get().onComplete(done));
    return done.future();
  }

  private void run(Runnable task) {
    await(
        on(
            () -> {
              task.run();
              return Future.<Void>succeededFuture();
            }));
  }

  private ChannelView created() {
    Promise<Verdict> verdict = Promise.promise();
    tenure.propose(ID, List.of(new Change.Create(1, "epoch", "{}")), verdict);
    assertThat(await(verdict.future())).isEqualTo(Verdict.APPLIED);
    return Objects.requireNonNull(replica.channel(ID));
  }

  private void open() {
    ChannelView channel = created();
    served.put(ID, HERE);
    await(on(() -> channels.open(channel, tenure)));
  }

  /** Who answers at the channel's address. */
  private Future<Object> asked() {
    return vertx
        .eventBus()
        .request(Addresses.channel(ID), new Command.Ping(ID).toJson())
        .map(io.vertx.core.eventbus.Message::body);
  }

  private void assertAnsweredBy2() {
    // What waits at the address when the channel leaves it is discarded, and asked again.
    until(() -> await(asked().otherwise("nobody")).equals("2"));
    assertThat(channels.isOpen(ID)).isFalse();
    assertThat(channels.openCount()).isZero();
  }

  @Test
  void aChannelOfAnotherNodeIsReachedThere() {
    served.put(ID, ELSEWHERE);
    run(() -> channels.reroute(ID));
    assertAnsweredBy2();
  }

  @Test
  void aChannelWithoutAnOwnerWaitsForOne() {
    run(() -> channels.reroute(ID));
    Future<Object> answer = asked();
    run(() -> channels.reroute(ID));
    assertThat(answer.isComplete()).isFalse();
    served.put(ID, ELSEWHERE);
    run(() -> channels.reroute(ID));
    assertThat(await(answer)).isEqualTo("2");
  }

  @Test
  void aChannelOfThisNodeWaitsUntilItIsOpen() {
    served.put(ID, HERE);
    run(() -> channels.reroute(ID));
    Future<Object> answer = asked();
    run(() -> channels.reroute(ID));
    assertThat(answer.isComplete()).isFalse();
    open();
    assertThat(await(answer)).isEqualTo(PONG);
    assertThat(channels.isOpen(ID)).isTrue();
    assertThat(channels.openCount()).isEqualTo(1);
    assertThat(await(container.get(ID).broadcast(Message.of("m", 1)))).isEqualTo("epoch-1");
  }

  @Test
  void whatTheStateTellsOfAChannelThatIsOpenHereChangesNothing() {
    open();
    served.put(ID, ELSEWHERE);
    run(() -> channels.reroute(ID));
    assertThat(channels.isOpen(ID)).isTrue();
    assertThat(await(asked())).isEqualTo(PONG);
  }

  @Test
  void aChannelThatIsClosedIsReachedWhereItGoes() {
    open();
    served.put(ID, ELSEWHERE);
    Future<Void> closed = on(() -> channels.close(ID, true));
    run(() -> channels.reroute(ID)); // it is the closing that settles it
    await(closed);
    assertAnsweredBy2();
    assertThat(container.isOpen(ID)).isFalse();
  }

  @Test
  void aChannelThatDoesNotExistAnyMoreIsNotReached() {
    served.put(ID, ELSEWHERE);
    run(() -> channels.reroute(ID));
    deleted = true;
    run(() -> channels.deleted(ID));
    assertNotReached();
    run(() -> channels.reroute(ID)); // somebody has asked before where it is
    assertNotReached();
  }

  @Test
  void aChannelThatIsDeletedElsewhereWhileItIsClosedHereIsNotReached() {
    open();
    served.put(ID, ELSEWHERE);
    Future<Void> closed =
        on(
            () -> {
              Future<Void> closing = channels.close(ID, true);
              deleted = true;
              channels.deleted(ID);
              return closing;
            });
    await(closed);
    assertNotReached();
  }

  private void assertNotReached() {
    assertThat(failure(asked()))
        .isInstanceOfSatisfying(
            ReplyException.class, refused -> assertThat(BusReply.hadNoHandler(refused)).isTrue());
  }

  @Test
  void aChannelThatIsCreatedAnewOpensWhenTheFormerOneHasEnded() {
    open();
    ChannelView first = Objects.requireNonNull(replica.channel(ID));
    run(() -> channels.deleted(ID));
    assertThat(channels.isOpen(ID)).isFalse();
    Future<Void> second = on(() -> channels.open(first, tenure));
    run(() -> {});
    assertThat(second.isComplete()).isFalse();
    await(container.leave(ID, false));
    run(() -> channels.ended(ID));
    await(second);
    assertThat(channels.isOpen(ID)).isTrue();
  }

  @Test
  void aChannelWhoseEndIsNotToldIsEndedByItself() {
    open();
    run(() -> channels.deleted(ID));
    await(on(() -> channels.open(Objects.requireNonNull(replica.channel(ID)), tenure)));
    assertThat(channels.isOpen(ID)).isTrue();
  }

  @Test
  void aChannelThatCannotBeOpenedIsNoneThatIsOpen() {
    open();
    Future<Void> twice =
        on(() -> channels.open(Objects.requireNonNull(replica.channel(ID)), tenure));
    assertThat(failure(twice)).isInstanceOf(InvalidChannelException.class);
    assertThat(channels.openCount()).isEqualTo(1);
  }

  @Test
  void aChannelOfAClassOfItsOwnIsOpenedUnderItsNextClaim() {
    open();
    AtomicInteger claims = new AtomicInteger();
    ChannelView view = Objects.requireNonNull(replica.channel(ID));
    run(
        () ->
            channels.renew(
                ID,
                () -> {
                  claims.incrementAndGet();
                  return Future.succeededFuture(
                      new Ownership(
                          9, new TenureStore(vertx, view, tenure), LogBudget.unlimited()));
                }));
    until(() -> channels.isOpen(ID));
    assertThat(claims).hasValue(1);
    assertThat(await(asked())).isEqualTo(PONG);
  }

  /** Nobody else has its object. */
  @Test
  void aChannelOfAClassOfItsOwnThatCannotBeOpenedIsTriedAgain() {
    open();
    MemoryStore closed = MemoryStore.create();
    await(closed.close());
    ChannelView view = Objects.requireNonNull(replica.channel(ID));
    AtomicInteger claims = new AtomicInteger();
    run(
        () ->
            channels.renew(
                ID,
                () ->
                    Future.succeededFuture(
                        claims.incrementAndGet() < 3
                            ? new Ownership(8, closed, LogBudget.unlimited())
                            : new Ownership(
                                9, new TenureStore(vertx, view, tenure), LogBudget.unlimited()))));
    until(() -> channels.isOpen(ID));
    assertThat(claims).hasValue(3);
    assertThat(await(asked())).isEqualTo(PONG);
  }

  @Test
  void aChannelThatAnotherNodeClaimsWhileItIsRenewedIsClosedAfterwards() {
    open();
    ChannelView view = Objects.requireNonNull(replica.channel(ID));
    Promise<Ownership> claim = Promise.promise();
    run(() -> channels.renew(ID, claim::future));
    Future<Void> closed =
        on(
            () -> {
              claim.complete(
                  new Ownership(9, new TenureStore(vertx, view, tenure), LogBudget.unlimited()));
              served.put(ID, ELSEWHERE);
              return channels.close(ID, false);
            });
    await(closed);
    assertAnsweredBy2();
    assertThat(container.isOpen(ID)).isFalse();
  }

  @Test
  void aChannelThatAnotherNodeTakesWhileItCannotBeOpenedIsReachedThere() {
    open();
    MemoryStore closed = MemoryStore.create();
    await(closed.close());
    AtomicInteger claims = new AtomicInteger();
    run(
        () ->
            channels.renew(
                ID,
                () -> {
                  claims.incrementAndGet();
                  return Future.succeededFuture(new Ownership(8, closed, LogBudget.unlimited()));
                }));
    until(() -> claims.get() > 1);
    served.put(ID, ELSEWHERE);
    run(() -> channels.reroute(ID));
    assertAnsweredBy2();
  }

  /** The state of the groups is one context's. */
  @Test
  void whatBecomesOfAChannelIsToldOnTheNodesContext() {
    open();
    Promise<Object> closedOn = Promise.promise();
    Promise<Object> renewedOn = Promise.promise();
    ChannelView view = Objects.requireNonNull(replica.channel(ID));
    run(
        () ->
            channels.renew(
                ID,
                () -> {
                  renewedOn.complete(ContextInternal.current().unwrap());
                  return Future.succeededFuture(
                      new Ownership(
                          9, new TenureStore(vertx, view, tenure), LogBudget.unlimited()));
                }));
    until(() -> channels.isOpen(ID));
    run(
        () ->
            channels
                .close(ID, true)
                .onComplete(left -> closedOn.complete(ContextInternal.current().unwrap())));
    assertThat(await(renewedOn.future())).isSameAs(context);
    assertThat(await(closedOn.future())).isSameAs(context);
  }

  @Test
  void aChannelWhoseNextClaimFailsIsLeftToWhoeverServesIt() {
    open();
    served.put(ID, ELSEWHERE);
    run(
        () ->
            channels.renew(
                ID, () -> Future.failedFuture(new UnavailableException("another node has it"))));
    assertAnsweredBy2();
  }

  @Test
  void allAddressesAreLeftInTheEnd() {
    served.put(ID, ELSEWHERE);
    run(() -> channels.reroute(ID));
    run(channels::stop);
    assertNotReached();
    run(() -> channels.reroute(ID)); // a renewal has ended only now
    assertNotReached();
  }

  /** Node 2 answers by itself; this node's own channels are asked on the bus. */
  private final class Links implements Far {

    @Override
    public String node() {
      return "1";
    }

    @Override
    public void send(String node, String address, Object body) {}

    @Override
    public Future<@Nullable Object> request(
        String node, String address, Object body, long timeoutMs) {
      return node.equals("2")
          ? Future.succeededFuture("2")
          : vertx
              .eventBus()
              .<@Nullable Object>request(address, (JsonObject) body)
              .map(io.vertx.core.eventbus.Message::body);
    }
  }

  private static final class Deaf implements RouteObserver, ReplicaObserver {

    @Override
    public void missed(String channel) {}

    @Override
    public void moved(String channel, long term) {}

    @Override
    public void leads(long term) {}

    @Override
    public void follows() {}

    @Override
    public void failed(Throwable reason) {}

    @Override
    public void claimed(GroupState state) {}

    @Override
    public void channelChanged(ChannelView channel) {}

    @Override
    public void deleted(String channel) {}

    @Override
    public void restored(GroupState state) {}
  }
}
