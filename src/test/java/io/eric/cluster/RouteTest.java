package io.eric.cluster;

import static io.eric.testing.Hub.await;
import static io.eric.testing.Hub.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Payload;
import io.eric.internal.client.PublishAttempts;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse.Outcome;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.LocalCodec;
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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A route whose channel is on the same node, which stands for any other. */
class RouteTest {

  private static final String ADDRESS = "eric.channel.x";

  private final Vertx vertx = Vertx.vertx();
  private final ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
  private final Line line = new Line(vertx, context, "me", channel -> true, node -> true);
  private final Route route = new Route(vertx, line, "x", () -> {});
  private final List<JsonObject> heard = new CopyOnWriteArrayList<>();

  @BeforeEach
  void listen() {
    on(route::listen); // it stands at the address first, so it gets the first request
    on(() -> route.servedBy("me", 1, false));
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void aCommandThatTheOwnerDiscardsIsAskedAgainWhateverItIs() {
    MessageConsumer<JsonObject> leaving = vertx.eventBus().localConsumer(ADDRESS);
    leaving.handler(message -> message.fail(500, "taken by who leaves")).pause();
    Future<Message<Object>> answer = ask("s");
    turns();
    owner(message -> message.reply(BusReply.result("ack")));
    await(leaving.unregister());

    assertThat(await(answer).body()).isEqualTo(BusReply.result("ack"));
    assertThat(heard).hasSize(1);
  }

  @Test
  void aRemovalIsAnsweredByTheOwnerAlthoughTheNewsOfItComesFirst() {
    owner(
        message -> {
          on(route::close);
          message.reply(BusReply.result("ack"));
        });
    assertThat(await(ask("rc")).body()).isEqualTo(BusReply.result("ack"));
  }

  @Test
  void aRemovalIsRefusedAsOnTheOwnerWhenAnotherOneCameFirst() {
    owner(
        message -> {
          on(route::close);
          message.fail(404, "of the owner");
        });
    ReplyException refused = (ReplyException) failure(ask("rc"));
    assertThat(refused.failureCode()).isEqualTo(404);
    assertThat(refused).hasMessage("of the owner");
  }

  @Test
  void aRemovalThatTheOwnerHasNotSeenIsRefusedWhenTheChannelIsGone() {
    owner(
        message -> {
          on(route::close);
          message.fail(BusReply.MOVED, "not here");
        });
    assertThat(((ReplyException) failure(ask("rc"))).failureCode()).isEqualTo(404);
  }

  @Test
  void whatElseWaitsForARemovedChannelIsRefusedAtOnce() {
    owner(message -> on(route::close));
    assertThat(((ReplyException) failure(ask("s"))).failureCode()).isEqualTo(404);
  }

  @Test
  void aConsumerThatAnOwnerDoesNotRenewIsNotNamedToTheNextOne() {
    JsonObject listen = new JsonObject().put("v", "l").put("r", "bob");
    on(() -> route.remember(listen));
    on(() -> route.stopListening());
    owner(message -> message.reply(BusReply.result(ChannelRequest.NOT_RENEWED)));
    on(() -> route.servedBy("me", 2, true));
    Awaitility.await().until(() -> heard.size() == 1);
    assertThat(heard.get(0).getString("r")).isEqualTo("bob");
    turns();

    on(() -> route.remember(new JsonObject().put("v", "l").put("r", "eve")));
    on(() -> route.servedBy("me", 3, true));
    Awaitility.await().until(() -> heard.size() > 1);
    turns();
    assertThat(heard).extracting(each -> each.getString("r")).containsExactly("bob", "eve");
  }

  @Test
  void itKnowsWhenStreamsHaveToOpenAnew() {
    assertThat(route.news("me", 1)).isEqualTo(Route.News.NONE);
    assertThat(route.news("me", 2)).isEqualTo(Route.News.STREAMS_OPEN_ANEW);
    assertThat(route.news("you", 2)).isEqualTo(Route.News.STREAMS_OPEN_ANEW);
    on(route::unserved);
    assertThat(route.news(null, 1)).isEqualTo(Route.News.NONE);
    assertThat(route.news("me", 1)).isEqualTo(Route.News.STREAMS_OPEN_ANEW);
    assertThat(new Route(vertx, line, "y", () -> {}).news("me", 1))
        .isEqualTo(Route.News.FIRST_OR_NOBODY);
  }

  @Test
  void twoPublishersOfTheSameMessageAreBothAnsweredWhenTheOwnerIsAskedOnce() {
    LocalCodec.register(vertx);
    List<Message<Object>> asked = new CopyOnWriteArrayList<>();
    vertx.eventBus().localConsumer(ADDRESS).handler(asked::add);

    Future<Message<Object>> first = publish();
    Awaitility.await().until(() -> asked.size() == 1);
    Future<Message<Object>> second = publish();
    turns();
    Published published = new Published("e", List.of(new Outcome(1, 0, null)));
    asked.get(0).reply(published, LocalCodec.options());

    assertThat(await(first).body()).isEqualTo(published);
    assertThat(await(second).body()).isEqualTo(published);
    assertThat(asked).hasSize(1);
  }

  @Test
  void aCommandThatMayHaveBeenDoneIsNotAskedOfTheNextOwner() {
    List<Message<Object>> asked = new CopyOnWriteArrayList<>();
    vertx.eventBus().localConsumer(ADDRESS).handler(asked::add);
    Future<Message<Object>> answer = ask("r");
    Awaitility.await().until(() -> asked.size() == 1);
    on(() -> route.servedBy("me", 2, true));
    turns();
    asked.get(0).reply(BusReply.result("bob"));

    assertThat(await(answer).body()).isEqualTo(BusReply.result("bob"));
    assertThat(asked).hasSize(1);
  }

  @Test
  void aPublisherThatWaitsShortlyIsServedToo() {
    LocalCodec.register(vertx);
    Published published = new Published("e", List.of(new Outcome(1, 0, null)));
    vertx
        .eventBus()
        .localConsumer(ADDRESS)
        .handler(
            message -> vertx.setTimer(20, due -> message.reply(published, LocalCodec.options())));
    DeliveryOptions shortly =
        LocalCodec.options().addHeader(PublishAttempts.LEFT_MS, "200").setSendTimeout(60_000);
    assertThat(await(publish(shortly)).body()).isEqualTo(published);
  }

  private Future<Message<Object>> publish() {
    return publish(LocalCodec.options().setSendTimeout(60_000));
  }

  private Future<Message<Object>> publish(DeliveryOptions options) {
    Command.Publish message = new Command.Publish("x", null, "t", Payload.NULL, "key", null);
    return vertx
        .eventBus()
        .request(ADDRESS, new ChannelRequest.PublishBatch(List.of(message)), options);
  }

  private Future<Message<Object>> ask(String verb) {
    return vertx.eventBus().request(ADDRESS, new JsonObject().put("v", verb).put("r", "bob"));
  }

  private void owner(java.util.function.Consumer<Message<JsonObject>> answer) {
    vertx
        .eventBus()
        .<JsonObject>localConsumer(ADDRESS)
        .handler(
            message -> {
              heard.add(message.body());
              vertx.executeBlocking(
                  () -> {
                    answer.accept(message);
                    return null;
                  });
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
}
