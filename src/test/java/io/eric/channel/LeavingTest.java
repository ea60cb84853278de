package io.eric.channel;

import static io.eric.testing.Hub.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Channel;
import io.eric.ListenerStatus;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.Payload;
import io.eric.channel.internal.overflow.LogBudget;
import io.eric.channel.internal.readers.ListenerCount;
import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.Registration;
import io.eric.log.indexed.ChannelLog;
import io.eric.log.indexed.MemoryStorage;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.options.OverflowPolicy;
import io.eric.options.RetentionOptions;
import io.eric.options.SSEChannelOptions;
import io.eric.testing.Hub;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a channel takes with it when another node becomes its owner, and what that node is told. */
class LeavingTest {

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingOfItIsMeasuredOrCountsAgainstTheBudgetAnyMore(boolean inOrder) {
    LogBudget budget = new LogBudget(1 << 30, new ListenerCount(1));
    SSEChannel channel = new SSEChannel(new SSEChannelOptions().setId("x"));
    channel.within(budget);
    String deployment = await(vertx.deployVerticle(channel));
    await(channel.registerListener(new MessageQueueListener("bob")));
    await(channel.broadcast(Message.of("t", "x".repeat(10_000))));
    assertThat(budget.shares()).isEqualTo(1);
    assertThat(budget.used()).isGreaterThan(10_000);
    assertThat(budget.listeners().mayAdd()).isFalse();
    Meters.Readings open = await(Meters.of(vertx).sample(vertx));
    assertThat(open.get(GaugeName.CHANNELS)).isEqualTo(1);
    assertThat(open.get(GaugeName.LOG_MESSAGES)).isEqualTo(1);
    assertThat(open.get(GaugeName.LISTENERS_STOPPED)).isEqualTo(1);

    await(channel.leave(inOrder));

    assertThat(budget.shares()).isZero();
    assertThat(budget.used()).isZero();
    assertThat(budget.listeners().mayAdd()).isTrue();
    Meters.Readings left = await(Meters.of(vertx).sample(vertx));
    for (GaugeName gauge : GaugeName.values()) {
      assertThat(left.get(gauge)).as(gauge.name()).isZero();
    }
    await(vertx.undeploy(deployment));
    assertThat(budget.used()).isZero();
  }

  /** The next messages would exceed the limit of the log. */
  @Test
  void aLeaveEndsWhenTheAppendUnderWayIsDoneThoughTheNextMessagesWaitForAReader() {
    SlowStore store = new SlowStore();
    ChannelContainer channels = new ChannelContainer(vertx, store, new SSEChannelOptions());
    await(channels.start());
    JsonObject options =
        new JsonObject()
            .put("overflow", "wait")
            .put("waitStall", 600_000)
            .put("limit", new JsonObject().put("messages", 4));
    Channel channel = await(channels.create("x", options));
    MessageQueueListener listener = await(channel.addListener());
    await(listener.start());
    var stream = channel.messageStream(listener);
    stream.pause();
    stream.handler(item -> {});
    Hub.until(
        () -> await(channel.getConnections()).get(0).state() == ListenerStatus.State.CATCHING_UP);
    List<Future<?>> published = new ArrayList<>();
    published.add(publish(1));
    SlowStore.Append first = store.next();
    published.addAll(List.of(publish(2), publish(3), publish(4)));
    await(channel.getConnections()); // all of them have reached the channel
    first.complete();
    SlowStore.Append second = store.next();
    assertThat(second.batch).hasSize(3);
    List<Future<?>> queued = List.of(publish(5), publish(6));
    await(channel.getConnections());

    Future<List<Object>> left = channels.leave("x", true);
    await(vertx.timer(1)); // the channel has begun to leave
    second.complete();

    await(left);
    await(Future.all(published));
    for (Future<?> refused : queued) {
      assertThat(Hub.failure(refused))
          .isInstanceOfSatisfying(
              ReplyException.class, e -> assertThat(e.failureCode()).isEqualTo(503));
    }
    assertThat(store.underWay()).isZero();
  }

  @Test
  void whatComesWhileAFullChannelClosesIsRefusedAndDoesNotWaitForReaders() {
    ContextChannel channel =
        new ContextChannel(
            new SSEChannelOptions()
                .setId("x")
                .setOverflow(OverflowPolicy.WAIT)
                .setWaitStall(600_000)
                .setRetention(new RetentionOptions(0, 0, 0, 4, 1 << 20, 0)));
    await(vertx.deployVerticle(channel));
    MessageQueueListener listener = await(channel.addListener());
    await(listener.start());
    var stream = channel.messageStream(listener);
    stream.pause();
    stream.handler(item -> {});
    Hub.until(
        () -> await(channel.getConnections()).get(0).state() == ListenerStatus.State.CATCHING_UP);
    for (int i = 1; i <= 4; i++) {
      publish(i);
    }
    Hub.until(() -> ChannelProbe.kept(channel) == 4);
    Promise<Published> answer = Promise.promise();
    channel.run(
        () -> {
          ChannelProbe.open(channel).close(null);
          ChannelProbe.open(channel)
              .appender
              .publishOwn(
                  new Command.Publish("x", null, "t", Payload.NULL, null, null), answer::complete);
        });
    assertThat(await(answer.future()).outcomes().get(0).code()).isEqualTo(503);
  }

  /** Lets a test act on the channel's context. */
  private static final class ContextChannel extends SSEChannel {
    ContextChannel(SSEChannelOptions options) {
      super(options);
    }

    void run(Runnable action) {
      context.runOnContext(v -> action.run());
    }
  }

  private Future<?> publish(int payload) {
    return vertx
        .eventBus()
        .request("eric.channel.x", new JsonObject().put("v", "b").put("t", "t").put("p", payload));
  }

  @Test
  void anOwnerThatDiesAfterItHasAnsweredAStopHasStoredIt() throws Exception {
    HeldRegistrations store = new HeldRegistrations();
    ChannelContainer channels = new ChannelContainer(vertx, store, new SSEChannelOptions());
    await(channels.start());
    var channel = await(channels.create("x", null));
    CompletableFuture<Future<Object>> stopped = new CompletableFuture<>();
    AtomicReference<Context> asking = new AtomicReference<>();
    Promise<Void> observed = Promise.promise();
    MessageQueueListener listener =
        new MessageQueueListener("bob") {
          @Override
          public Future<Void> onMessage(Message message) {
            store.hold();
            asking.set(vertx.getOrCreateContext());
            stopped.complete(new BusClient(vertx).command(new Command.Stop("x", "bob")));
            return observed.future();
          }
        };
    await(listener.start());
    await(channel.registerListener(listener));
    channel.messageStream(listener).handler(item -> {});
    await(channel.broadcast(Message.of("t", 1)));

    Future<Object> answer = stopped.get(60, TimeUnit.SECONDS);
    store.awaitStop();
    // The channel answers this one later, and the same context hears both answers.
    await(
        Future.<Object>future(
            listed ->
                asking
                    .get()
                    .runOnContext(
                        v ->
                            new BusClient(vertx)
                                .list(new Command.ListAll("x", Command.Page.first(1)))
                                .<Object>mapEmpty()
                                .onComplete(listed))));
    assertThat(answer.isComplete()).isFalse();
    store.release();
    assertThat(await(answer)).isEqualTo("ack");
    observed.complete();
    await(channels.close());
  }

  /** Keeps listeners when the test says so. */
  private static final class HeldRegistrations implements MessageStore {
    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private volatile Promise<Void> held;

    void hold() {
      held = Promise.promise();
    }

    void release() {
      held.complete();
    }

    /** The channel has asked to keep that the listener is stopped, and has had time to answer. */
    void awaitStop() throws Exception {
      asked.get(60, TimeUnit.SECONDS);
    }

    @Override
    public Future<MessageLog> open(String channelId, RetentionOptions retention) {
      return Future.succeededFuture(ChannelLog.create("epoch", retention, new Storage()));
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }

    private final class Storage extends MemoryStorage {
      @Override
      public Future<Void> register(String listener, Registration registration) {
        Promise<Void> waiting = held;
        if (waiting == null) {
          return Future.succeededFuture();
        }
        // What the channel answers without waiting for the store, it answers within this turn.
        Vertx.currentContext().runOnContext(turn -> asked.complete(null));
        return waiting.future();
      }
    }
  }
}
