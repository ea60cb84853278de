package io.eric.channel;

import static io.eric.testing.Hub.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.Message;
import io.eric.channel.internal.core.ChannelExtension;
import io.eric.channel.internal.core.OpenChannel;
import io.eric.internal.client.ChannelDirectory;
import io.eric.internal.protocol.Addresses;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.options.LogsOptions;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A channel that does not come up leaves nothing behind, at whatever point its start ends. */
class ChannelFailingStartTest {

  private final Vertx vertx = Vertx.vertx();
  private final WatchedStore store = new WatchedStore();
  private final LogsOptions logs = new LogsOptions().setMaxListeners(2);

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private static <T> AsyncResult<T> outcome(Future<T> future) {
    return await(future.transform(Future::succeededFuture));
  }

  private void assertThatNothingIsLeft() {
    Meters.Readings readings = await(Meters.of(vertx).sample(vertx));
    assertThat(readings.get(GaugeName.CHANNELS)).as("channels measured").isZero();
    assertThat(readings.get(GaugeName.LOG_BUDGET_USED)).as("share of the budget").isZero();
    assertThat(new ChannelDirectory(vertx).hasChannel("x")).as("a neighbour").isFalse();
    assertThat(
            outcome(
                    vertx
                        .eventBus()
                        .request(Addresses.channel("x"), new JsonObject().put("v", "ping")))
                .cause())
        .isInstanceOfSatisfying(
            ReplyException.class,
            e -> assertThat(e.failureType()).isEqualTo(ReplyFailure.NO_HANDLERS));
    await().untilAsserted(() -> assertThat(store.open).as("open logs").isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"registered", "heapBytes", "opened"})
  void aStartThatFailsLeavesNothingBehind(String failing) {
    ChannelContainer channels = new ChannelContainer(vertx, store, new SSEChannelOptions(), logs);
    await(channels.start());
    store.failing = failing;
    AtomicInteger closed = new AtomicInteger();
    SSEChannel broken =
        new SSEChannel(new SSEChannelOptions().setId("x")) {
          @Override
          protected ChannelExtension extension() {
            return new ChannelExtension() {
              @Override
              public void opened(OpenChannel channel) {
                if (failing.equals("opened")) {
                  throw new IllegalStateException("broken");
                }
              }

              @Override
              public void closed() {
                closed.incrementAndGet();
              }
            };
          }
        };
    assertThat(outcome(channels.register(broken)).failed()).isTrue();
    assertThatNothingIsLeft();
    assertThat(closed).as("what the kind of channel had of its own").hasPositiveValue();

    store.failing = "";
    await(channels.create("x", null));
    await(channels.get("x").addListener()); // the hub counts the one that was there once only
    assertThat(await(channels.get("x").getConnections())).hasSize(2);
    assertThat(await(channels.get("x").broadcast(Message.of("t", 2)))).endsWith("-2");
  }

  @Test
  void oneWhoseOwnerIsUndeployedBeforeItsLogIsOpenClosesIt() {
    store.gate = Promise.promise();
    Promise<Future<?>> made = Promise.promise();
    VerticleBase owner =
        new VerticleBase() {
          @Override
          public Future<?> start() {
            ChannelContainer channels =
                new ChannelContainer(vertx, store, new SSEChannelOptions(), logs);
            made.complete(channels.register(new SSEChannel(new SSEChannelOptions().setId("x"))));
            return Future.succeededFuture();
          }
        };
    String deployed = await(vertx.deployVerticle(owner));
    Future<?> registered = await(made.future());
    await().untilAsserted(() -> assertThat(store.asked).hasValue(1));
    await(vertx.undeploy(deployed));
    store.gate.complete();
    assertThat(outcome(registered).failed()).isTrue();
    assertThat(store.opened).hasValue(1);
    assertThatNothingIsLeft();
  }

  @Test
  void oneWhoseVertxIsClosedBeforeItsLogIsOpenClosesIt() {
    store.gate = Promise.promise();
    ChannelContainer channels = new ChannelContainer(vertx, store, new SSEChannelOptions(), logs);
    Future<Void> registered = channels.register(new SSEChannel(new SSEChannelOptions().setId("x")));
    await().untilAsserted(() -> assertThat(store.asked).hasValue(1));
    await(vertx.close());
    await().until(registered::failed);
    store.gate.complete();
    await().untilAsserted(() -> assertThat(store.opened).hasValue(1));
    await().untilAsserted(() -> assertThat(store.open).as("open logs").isEmpty());
    assertThat(new ChannelDirectory(vertx).hasChannel("x")).as("a neighbour").isFalse();
  }
}
