package io.eric.cluster.link;

import static io.eric.testing.Hub.await;
import static io.eric.testing.Hub.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.NoMessagesException;
import io.eric.internal.client.AddressRouter;
import io.eric.internal.client.ChannelDirectory;
import io.eric.internal.client.EdgeDirectory;
import io.eric.internal.protocol.BusReply;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.ChannelResponse;
import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.testing.AnyRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What two nodes say to each other. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class NodeLinksTest {

  private static final long LONG = 60_000;

  private final LinkedNode one = new LinkedNode("1", "a", LinkSettings.at("127.0.0.1", 0));
  private final LinkedNode two = new LinkedNode("2", "b", LinkSettings.at("127.0.0.1", 0));

  @BeforeEach
  void connect() {
    one.connect(one.peer(), two.peer());
    two.connect(one.peer(), two.peer());
    one.lastTold("up 2 b");
    two.lastTold("up 1 a");
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  @Test
  void onePairOfNodesHasOneConnection() {
    assertThat(one.count(CounterName.LINK_CONNECTIONS)).isEqualTo(1);
    assertThat(two.count(CounterName.LINK_CONNECTIONS)).isEqualTo(1);
    assertThat(one.gauge(GaugeName.LINKS_UP)).isEqualTo(1);
    assertThat(one.gauge(GaugeName.LINKS_DOWN)).isZero();
    assertThat(one.links.node()).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void requestsAreAnswered(String from) {
    LinkedNode asker = from.equals("1") ? one : two;
    LinkedNode other = from.equals("1") ? two : one;
    other
        .vertx
        .eventBus()
        .<JsonObject>consumer(
            "x",
            question ->
                question.reply(
                    question.body().put("from", question.headers().get(AddressRouter.NODE))));
    assertThat(await(asker.links.request(other.name, "x", new JsonObject().put("a", 1), LONG)))
        .isEqualTo(new JsonObject().put("a", 1).put("from", from));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void failuresAreThoseOfTheBus(String of) {
    two.vertx.eventBus().consumer("fails", question -> question.fail(410, "why"));
    two.vertx.eventBus().consumer("silent", question -> {});
    one.vertx.eventBus().consumer("fails", question -> question.fail(410, "why"));
    one.vertx.eventBus().consumer("silent", question -> {});

    ReplyException failed = LinkedNode.failure(one.links.request(of, "fails", "?", LONG));
    assertThat(failed.failureType()).isEqualTo(ReplyFailure.RECIPIENT_FAILURE);
    assertThat(failed.failureCode()).isEqualTo(410);
    assertThat(failed).hasMessage("why");
    assertThat(LinkedNode.failure(one.links.request(of, "nothing", "?", LONG)).failureType())
        .isEqualTo(ReplyFailure.NO_HANDLERS);
    assertThat(LinkedNode.failure(one.links.request(of, "silent", "?", 50)).failureType())
        .isEqualTo(ReplyFailure.TIMEOUT);
    ReplyException moved =
        LinkedNode.failure(one.links.request(of, "eric.channel.news", "?", LONG));
    assertThat(moved.failureCode()).isEqualTo(BusReply.MOVED);
    assertThat(BusReply.isUnhandled(moved)).isTrue();
  }

  @Test
  void aNodeWhoseProcessHasEndedRefusesConnections() {
    assertThat(hasEnded("2")).isFalse();
    await(two.links.close());
    assertThat(hasEnded("2")).isTrue();
    assertThat(hasEnded("nobody")).isFalse();
  }

  private boolean hasEnded(String node) {
    Promise<Boolean> ended = Promise.promise();
    one.context.runOnContext(turn -> one.links.hasEnded(node).onComplete(ended));
    return await(ended.future());
  }

  @Test
  void anOpenChannelIsAsked() {
    two.channels.add("news");
    two.vertx.eventBus().consumer("eric.channel.news", question -> question.reply("yes"));
    assertThat(await(one.links.request("2", "eric.channel.news", "?", LONG))).isEqualTo("yes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void whatAConsumerAnswersOnlyAcknowledges(String of) {
    LinkedNode asked = of.equals("1") ? one : two;
    asked.vertx.eventBus().consumer("eric.listener.news/l", message -> message.reply(LONG));
    assertThat(await(one.links.request(of, "eric.listener.news/l", "?", LONG))).isNull();
  }

  @Test
  void edgesAndChannelsAreToldPastTheBus() {
    Random random = new Random(1);
    List<Object> told = new CopyOnWriteArrayList<>();
    var toEdge = AnyRecord.of(ChannelResponse.Wake.class, random);
    var toChannel = AnyRecord.of(ChannelRequest.Detach.class, random);
    new EdgeDirectory(two.vertx).add("eric.edge.e", two.context, told::add);
    new ChannelDirectory(two.vertx)
        .addChannel("news", two.context, (messages, answer) -> {}, told::add, () -> false);
    one.links.send("2", "eric.edge.e", toEdge);
    one.links.send("2", "eric.channel.news", toChannel);
    until(() -> told.size() == 2);
    assertThat(told).containsExactly(toEdge, toChannel);
  }

  @Test
  void newsForWhatIsNotHereGoOverTheBus() {
    List<Object> told = new CopyOnWriteArrayList<>();
    var news = AnyRecord.of(ChannelRequest.Detach.class, new Random(1));
    for (LinkedNode node : List.of(one, two)) {
      node.vertx.eventBus().consumer("eric.channel.news", message -> told.add(message.body()));
    }
    one.links.send("2", "eric.channel.news", news);
    one.links.send("1", "eric.channel.news", news);
    until(() -> told.size() == 2);
    assertThat(told).containsExactly(news, news);
  }

  @Test
  void whatOneContextSendsAsksAndCallsArrivesInOrder() {
    List<Object> heard = new CopyOnWriteArrayList<>();
    two.links.serve(
        "numbers",
        (from, question) -> {
          two.context.runOnContext(turn -> heard.add(question.getInt(0))); // as the edge does
          return Future.succeededFuture(question);
        });
    new EdgeDirectory(two.vertx)
        .add(
            "eric.edge.e",
            two.context,
            news -> heard.add((int) ((ChannelResponse.Wake) news).stream()));
    List<Object> sent = new ArrayList<>();
    Promise<Void> all = Promise.promise();
    one.vertx.runOnContext(
        turn -> {
          for (int i = 0; i < 2_000; i += 2) {
            one.links.call("2", "numbers", Buffer.buffer().appendInt(i), LONG);
            one.links.send("2", "eric.edge.e", new ChannelResponse.Wake("news", i + 1));
            sent.add(i);
            sent.add(i + 1);
          }
          all.complete();
        });
    await(all.future());
    until(() -> heard.size() == sent.size());
    assertThat(heard).isEqualTo(sent);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void servicesAnswer(String of) {
    LinkedNode asked = of.equals("1") ? one : two;
    Runnable end =
        asked.links.serve(
            "echo",
            (from, question) ->
                Future.succeededFuture(Buffer.buffer(from + ":").appendBuffer(question)));
    assertThatThrownBy(() -> asked.links.serve("echo", (from, question) -> null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("there is a service echo already");
    assertThat(await(one.links.call(of, "echo", Buffer.buffer("x"), LONG)))
        .isEqualTo(Buffer.buffer("1:x"));
    end.run();
    assertThat(LinkedNode.failure(one.links.call(of, "echo", Buffer.buffer(), LONG)).failureType())
        .isEqualTo(ReplyFailure.NO_HANDLERS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void aServiceFailsWithAReasonThatIsMeantForOthersOnly(String of) {
    LinkedNode asked = of.equals("1") ? one : two;
    asked.links.serve(
        "eric", (from, question) -> Future.failedFuture(new NoMessagesException("none")));
    asked.links.serve(
        "throws",
        (from, question) -> {
          throw new IllegalStateException("a secret");
        });
    asked.links.serve("silent", (from, question) -> Promise.<Buffer>promise().future());
    ReplyException known = LinkedNode.failure(one.links.call(of, "eric", Buffer.buffer(), LONG));
    assertThat(known.failureType()).isEqualTo(ReplyFailure.RECIPIENT_FAILURE);
    assertThat(known.failureCode()).isEqualTo(new NoMessagesException("none").code());
    ReplyException fault = LinkedNode.failure(one.links.call(of, "throws", Buffer.buffer(), LONG));
    assertThat(fault.failureType()).isEqualTo(ReplyFailure.ERROR);
    assertThat(String.valueOf(fault.getMessage())).doesNotContain("secret");
    assertThat(LinkedNode.failure(one.links.call(of, "silent", Buffer.buffer(), 50)).failureType())
        .isEqualTo(ReplyFailure.TIMEOUT);
  }

  @Test
  void aQuestionMayHaveSixteenMebibytes() {
    two.links.serve("echo", (from, question) -> Future.succeededFuture(question));
    byte[] large = new byte[16 << 20];
    new Random(1).nextBytes(large);
    assertThat(await(one.links.call("2", "echo", Buffer.buffer(large), LONG)).getBytes())
        .isEqualTo(large);
  }

  @Test
  void whatIsTooLargeIsRefusedAtOnce() {
    two.links.serve(
        "large", (from, question) -> Future.succeededFuture(Buffer.buffer(new byte[33 << 20])));
    for (Future<?> refused :
        List.of(
            one.links.call("2", "large", Buffer.buffer(new byte[33 << 20]), LONG),
            one.links.call("2", "large", Buffer.buffer(), LONG))) {
      ReplyException failure = LinkedNode.failure(refused);
      assertThat(failure.failureType()).isEqualTo(ReplyFailure.ERROR);
      assertThat(failure).hasMessageContaining("33554432 are allowed");
    }
    assertThat(one.count(CounterName.LINK_DROPPED_TOO_LARGE)).isEqualTo(1);
    assertThat(two.count(CounterName.LINK_DROPPED_TOO_LARGE)).isEqualTo(1);
    assertThat(one.count(CounterName.LINKS_LOST)).isZero();
  }

  @Test
  void futuresCompleteOnTheCallersContext() {
    two.links.serve("echo", (from, question) -> Future.succeededFuture(question));
    Promise<Boolean> same = Promise.promise();
    var context = one.vertx.getOrCreateContext();
    context.runOnContext(
        turn ->
            one.links
                .call("2", "echo", Buffer.buffer(), LONG)
                .onComplete(done -> same.complete(context.equals(Vertx.currentContext()))));
    assertThat(await(same.future())).isTrue();
  }

  @Test
  void nothingIsKeptForANodeThatIsGone() {
    two.close();
    one.everTold("gone 2 b");
    for (String gone : List.of("2", "never")) {
      one.links.send(gone, "eric.edge.e", "an answer that comes too late");
      ReplyException failure =
          LinkedNode.failure(one.links.request(gone, "eric.channel.x", "a question", LONG));
      assertThat(failure.failureType()).isEqualTo(ReplyFailure.NO_HANDLERS);
      assertThat(LinkedNode.failure(one.links.call(gone, "s", Buffer.buffer(), LONG)).failureType())
          .isEqualTo(ReplyFailure.NO_HANDLERS);
    }
    assertThat(one.gauge(GaugeName.LINK_OUTBOX_BYTES)).isZero();
    assertThat(one.gauge(GaugeName.LINK_REQUESTS)).isZero();
  }

  @Test
  void whatWasAskedOfANodeThatDiesIsUncertain() {
    Promise<Message<Object>> asked = Promise.promise();
    two.vertx.eventBus().consumer("x", asked::complete);
    Future<?> answer = one.links.request("2", "x", "?", LONG);
    await(asked.future());
    two.close();
    assertThat(LinkedNode.failure(answer).failureType()).isEqualTo(ReplyFailure.TIMEOUT);
    one.everTold("gone 2 b");
    assertThat(one.told).containsExactly("up 2 b", "down 2", "gone 2 b");
  }

  @Test
  void closingFailsWhatWaits() {
    two.links.serve("silent", (from, question) -> Promise.<Buffer>promise().future());
    Future<Buffer> answer = one.links.call("2", "silent", Buffer.buffer(), LONG);
    await(one.links.close());
    assertThat(LinkedNode.failure(answer)).isNotNull();
    await(one.links.close());
    two.everTold("gone 1 a");
  }

  @Test
  void aNodeThatIsNoMemberAnyMoreIsGone() {
    two.links.serve("silent", (from, question) -> Promise.<Buffer>promise().future());
    Future<Buffer> answer = one.links.call("2", "silent", Buffer.buffer(), LONG);
    one.connect();
    assertThat(LinkedNode.failure(answer)).isNotNull();
    one.lastTold("gone 2 b");
    one.connect(two.peer());
    one.lastTold("up 2 b");
    two.lastTold("up 1 a");
  }

  @Test
  void threeNodesTalkToEachOther() {
    try (LinkedNode three = new LinkedNode("3", "c", LinkSettings.at("127.0.0.1", 0))) {
      Peer[] all = {one.peer(), two.peer(), three.peer()};
      List<LinkedNode> nodes = List.of(one, two, three);
      nodes.forEach(node -> node.connect(all));
      nodes.forEach(node -> until(() -> node.gauge(GaugeName.LINKS_UP) == 2));
      for (LinkedNode asked : nodes) {
        asked.links.serve("who", (from, q) -> Future.succeededFuture(Buffer.buffer(asked.name)));
        for (LinkedNode asker : nodes) {
          assertThat(await(asker.links.call(asked.name, "who", Buffer.buffer(), LONG)))
              .isEqualTo(Buffer.buffer(asked.name));
        }
      }
      assertThat(one.told).containsExactlyInAnyOrder("up 2 b", "up 3 c");
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    assertThatThrownBy(
            () -> new LinkedNode("3", "c", LinkSettings.at("127.0.0.1", one.port)).close())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("127.0.0.1:" + one.port)
        .hasMessageContaining("in use");
  }
}
