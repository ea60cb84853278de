package io.eric.cluster.route;

import static io.eric.testing.Hub.await;
import static io.eric.testing.Hub.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.UnavailableException;
import io.eric.internal.VertxLoop;
import io.eric.internal.client.AddressRouter.Far;
import io.eric.internal.client.BusClient;
import io.eric.internal.client.PublishAttempts;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse.Outcome;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.LocalCodec;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.options.PublishTimeouts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routes at the addresses of an event bus; the owner is on the same node, for any other. */
class ChannelRoutesTest {

  private static final String ADDRESS = "eric.channel.x";
  private static final Published PUBLISHED = new Published("e", List.of(new Outcome(1, 0, null)));

  private final Vertx vertx = Vertx.vertx();
  private final ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
  private final ChannelRoutes routes =
      new ChannelRoutes(vertx, new VertxLoop(context), new Bus(), 1 << 20, new Deaf());
  private final ChannelRoute route = routes.of("x");
  private final List<Object> heard = new CopyOnWriteArrayList<>();

  @BeforeEach
  void listen() {
    LocalCodec.register(vertx);
    on(route::listen);
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void aCommandThatALeavingOwnerDiscardsIsAskedAgainWhateverItIs() {
    MessageConsumer<JsonObject> leaving = vertx.eventBus().localConsumer("owner");
    leaving.handler(message -> message.fail(500, "taken by who leaves")).pause();
    on(() -> route.servedBy("you", 1));
    Future<Message<Object>> answer = ask(new JsonObject().put("v", "s").put("r", "bob"));
    turns();
    owner(message -> message.reply(BusReply.result("ack")));
    await(leaving.unregister());

    assertThat(await(answer).body()).isEqualTo(BusReply.result("ack"));
    assertThat(heard).hasSize(1);
  }

  @Test
  void aRemovedChannelIsUnknownToWhatWaits() {
    Future<Message<Object>> answer = ask(new JsonObject().put("v", "ls"));
    turns();
    on(() -> routes.remove("x"));
    assertThat(((ReplyException) failure(answer)).failureCode()).isEqualTo(404);
    assertThat(routes.channels()).isEmpty();
    on(() -> routes.remove("x"));
  }

  @Test
  void aPublisherThatWaitsShortlyIsServedToo() {
    owner(message -> vertx.setTimer(20, due -> message.reply(PUBLISHED, LocalCodec.options())));
    on(() -> route.servedBy("you", 1));
    assertThat(await(publish("200")).body()).isEqualTo(PUBLISHED);
  }

  @Test
  void aPublisherThatWaitsShortlyIsRefusedBeforeItsTimeIsUp() {
    long since = System.nanoTime();
    ReplyException refused = (ReplyException) failure(publish("300"));
    assertThat(refused.failureCode()).isEqualTo(503);
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since)).isLessThan(300);
  }

  @Test
  void aHeaderThatIsNoNumberIsRefusedByName() {
    ReplyException refused = (ReplyException) failure(publish("soon"));
    assertThat(refused.failureCode()).isEqualTo(400);
    assertThat(refused).hasMessageContaining(PublishAttempts.LEFT_MS);
  }

  @Test
  void aPublishInJsonGetsAKeyAndWaitsInOrderWithTheRest() {
    Future<Message<Object>> first = ask(json("b", "one"));
    Future<Message<Object>> second = ask(json("b", "two"));
    turns();
    owner(message -> message.reply(PUBLISHED, LocalCodec.options()));
    on(() -> route.servedBy("you", 1));
    assertThat(((JsonObject) await(first).body()).getString("id")).isEqualTo("e-1");
    await(second);
    List<Command.Publish> messages =
        heard.stream().map(each -> ((ChannelRequest.PublishBatch) each).messages().get(0)).toList();
    assertThat(messages).extracting(Command.Publish::type).containsExactly("one", "two");
    assertThat(messages)
        .extracting(Command.Publish::key)
        .doesNotContainNull()
        .doesNotHaveDuplicates();
  }

  @Test
  void aPublishInJsonWaitsAsLongAsItsCallerSays() {
    long since = System.nanoTime();
    ReplyException refused =
        (ReplyException)
            failure(
                vertx
                    .eventBus()
                    .request(
                        ADDRESS,
                        json("b", "t"),
                        new DeliveryOptions()
                            .setSendTimeout(60_000)
                            .addHeader(PublishAttempts.LEFT_MS, "300")));
    assertThat(refused.failureCode()).isEqualTo(503);
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since)).isLessThan(2_000);
  }

  @Test
  void aBadPublishInJsonIsRefused() {
    ReplyException refused =
        (ReplyException) failure(ask(new JsonObject().put("v", "b").put("t", 3)));
    assertThat(refused.failureCode()).isEqualTo(400);
  }

  @Test
  void clientsSayHowLongTheyWait() {
    BusClient client = new BusClient(vertx, new PublishTimeouts(300, 300));
    assertThat(failure(client.ask("x", new ChannelRequest.StartListener("bob"))))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("nobody serves");
    assertThat(failure(client.command(new Command.Stop("x", "bob"))))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("nobody serves");
  }

  @Test
  void whatIsNotAnsweredGoesToTheOwner() {
    owner(message -> {});
    on(() -> route.servedBy("you", 1));
    vertx.eventBus().send(ADDRESS, new JsonObject().put("told", 1));
    Awaitility.await().until(() -> heard.size() == 1);
  }

  @Test
  void answersOfChannelsStayObjects() {
    owner(message -> message.reply(PUBLISHED, LocalCodec.options()));
    on(() -> route.servedBy("you", 1));
    Object answer =
        await(
                vertx
                    .eventBus()
                    .<Object>request(
                        ADDRESS, new ChannelRequest.TakeNext("bob"), LocalCodec.options()))
            .body();
    assertThat(answer).isSameAs(PUBLISHED);
  }

  @Test
  void whatWaitsIsSeen() {
    Runnable remove = Meters.of(vertx).add(context, routes);
    Future<Message<Object>> answer = ask(new JsonObject().put("v", "ls"));
    turns();
    Meters.Readings readings = await(Meters.of(vertx).sample(vertx));
    assertThat(readings.get(GaugeName.FORWARDS_WAITING)).isEqualTo(1);
    assertThat(readings.get(GaugeName.FORWARDS_WAITING_BYTES))
        .isBetween(WaitingCommands.CALLER_BYTES, 1_000L);
    on(route::close);
    failure(answer);
    readings = await(Meters.of(vertx).sample(vertx));
    assertThat(readings.get(GaugeName.FORWARDS_WAITING)).isZero();
    assertThat(readings.get(GaugeName.FORWARDS_WAITING_BYTES)).isZero();
    remove.run();
  }

  @Test
  void theEndOfANodeLeavesItsAddresses() {
    assertThat(routes.of("x")).isSameAs(route);
    on(routes::stop);
    turns();
    assertThat(route.isListening()).isFalse();
    assertThat(BusReply.hadNoHandler(failure(ask(new JsonObject().put("v", "ls"))))).isTrue();
  }

  private static JsonObject json(String verb, String type) {
    return new JsonObject().put("v", verb).put("t", type).put("p", 1);
  }

  private Future<Message<Object>> publish(String leftMs) {
    Command.Publish message = new Command.Publish("x", null, "t", Payload.NULL, "key", null);
    DeliveryOptions options =
        LocalCodec.options().addHeader(PublishAttempts.LEFT_MS, leftMs).setSendTimeout(60_000);
    return vertx
        .eventBus()
        .request(ADDRESS, new ChannelRequest.PublishBatch(List.of(message)), options);
  }

  private Future<Message<Object>> ask(JsonObject command) {
    return vertx.eventBus().request(ADDRESS, command);
  }

  /** Lets an owner answer, except pings, which it answers itself. */
  private void owner(Consumer<Message<Object>> answer) {
    vertx
        .eventBus()
        .<Object>localConsumer("owner")
        .handler(
            message -> {
              if (message.body() instanceof JsonObject json && "ping".equals(json.getString("v"))) {
                message.reply(BusReply.result("pong"));
              } else {
                heard.add(message.body());
                answer.accept(message);
              }
            });
  }

  private void turns() {
    for (int turn = 0; turn < 5; turn++) {
      on(() -> {});
    }
  }

  private void on(Runnable action) {
    await(
        Future.<Void>future(
            done ->
                context.runOnContext(
                    v -> {
                      action.run();
                      done.complete();
                    })));
  }

  /** All nodes are the address {@code owner}. */
  private final class Bus implements Far {
    @Override
    public String node() {
      return "me";
    }

    @Override
    public void send(String node, String address, Object body) {
      vertx.eventBus().send("owner", body, options(body));
    }

    @Override
    public Future<@Nullable Object> request(
        String node, String address, Object body, long timeoutMs) {
      return vertx
          .eventBus()
          .<@Nullable Object>request("owner", body, options(body).setSendTimeout(timeoutMs))
          .map(Message::body);
    }

    private DeliveryOptions options(Object body) {
      return body instanceof JsonObject ? new DeliveryOptions() : LocalCodec.options();
    }
  }

  private static final class Deaf implements RouteObserver {
    @Override
    public void missed(String channel) {}

    @Override
    public void moved(String channel, long term) {}
  }
}
