package io.eric.prefab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.Channel;
import io.eric.InvalidListenerException;
import io.eric.InvalidMessageFormatException;
import io.eric.Message;
import io.eric.internal.client.ChannelHandle;
import io.eric.options.SSEChannelOptions;
import io.eric.testing.Hub;
import io.eric.testing.Received;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of an application that talk by messages. */
class SimpleDistributedApplicationTest {

  private Hub hub;
  private SimpleDistributedApplicationChannel channel;

  @BeforeEach
  void start() {
    hub = Hub.start();
    channel = new SimpleDistributedApplicationChannel(new SSEChannelOptions().setId("app"));
    Hub.await(hub.channels.register(channel));
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private SimpleDistributedApplicationListener part(String id) {
    SimpleDistributedApplicationListener part = new SimpleDistributedApplicationListener(id);
    Hub.await(channel.registerListener(part));
    Hub.await(part.start());
    return part;
  }

  private Received stream(SimpleDistributedApplicationListener part) {
    return new Received(channel.messageStream(part));
  }

  private static String send(
      SimpleDistributedApplicationListener from,
      SimpleDistributedApplicationListener to,
      String type,
      Object payload) {
    return Hub.await(from.dispatchTo(to, Message.of(type, payload)));
  }

  private static List<String> events(List<JsonObject> items) {
    return items.stream().map(item -> item.getString("event")).toList();
  }

  private static void teachToGreet(SimpleDistributedApplicationListener part) {
    part.setAction(
        "hello",
        message ->
            List.of(Message.of("hello_ack", message.payload() + "!"), Message.of("stop", null)));
    part.setAction("hello_ack", message -> List.of(Message.of("stop", null)));
  }

  @Test
  void theReferencesApplicationSaysHelloAndStops() {
    SimpleDistributedApplicationListener alice = part("alice");
    SimpleDistributedApplicationListener bob = part("bob");
    teachToGreet(alice);
    teachToGreet(bob);

    send(bob, alice, "hello", "hello!");
    send(bob, alice, "stop", null); // Alice will stop after having answered to Bob

    assertThat(events(stream(alice).untilEnd())).containsExactly("hello", "stop");
    List<JsonObject> bobs = stream(bob).untilEnd();
    assertThat(events(bobs)).containsExactly("hello_ack", "stop");
    assertThat(bobs.get(0).getString("data")).isEqualTo("hello!!");
    assertThat(alice.isRunning()).isFalse();
    assertThat(bob.isRunning()).isFalse();
  }

  /** The same with nothing but handles, as in another JVM. */
  @Test
  void partsThatOnlyHaveAHandleOnTheChannelTalkToo() {
    Channel alices = new ChannelHandle(hub.vertx, "app", null, 5);
    Channel bobs = new ChannelHandle(hub.vertx, "app", null, 5);
    SimpleDistributedApplicationListener alice = new SimpleDistributedApplicationListener();
    SimpleDistributedApplicationListener bob = new SimpleDistributedApplicationListener();
    teachToGreet(alice);
    teachToGreet(bob);
    Hub.await(alice.joinTo(alices));
    Hub.await(bob.joinTo(bobs));
    Hub.await(alice.start());
    Hub.await(bob.start());

    Hub.await(bob.dispatchTo(alice.id(), Message.of("hello", "hello!")));

    assertThat(events(new Received(alices.messageStream(alice)).items(1))).containsExactly("hello");
    assertThat(events(new Received(bobs.messageStream(bob)).untilEnd()))
        .containsExactly("hello_ack", "stop");
  }

  @Test
  void answersAreSignedByWhoAnswersAndComeInOrder() {
    SimpleDistributedApplicationListener alice = part("alice");
    SimpleDistributedApplicationListener bob = part("bob");
    alice.setAction(
        "count", m -> List.of(Message.of("n", 1), Message.of("n", 2), Message.of("n", 3)));
    List<Message> got = new CopyOnWriteArrayList<>();
    bob.setAction(
        "n",
        message -> {
          got.add(message);
          return List.of();
        });
    stream(alice);
    send(bob, alice, "count", null);
    stream(bob).items(3);
    assertThat(got).extracting(Message::sender).containsOnly("alice");
    assertThat(got).extracting(Message::payload).containsExactly(1, 2, 3);
  }

  @Test
  void anAsynchronousActionAnswersLaterAndTheNextMessageWaitsForIt() {
    SimpleDistributedApplicationListener alice = part("alice");
    SimpleDistributedApplicationListener bob = part("bob");
    Promise<List<Message>> later = Promise.promise();
    alice.setAsyncAction("slow", message -> later.future());
    alice.setAction("quick", message -> List.of(Message.of("quick_ack", null)));
    Received alices = stream(alice);
    Received bobs = stream(bob);
    bob.setAction("slow_ack", message -> List.of());
    bob.setAction("quick_ack", message -> List.of());
    send(bob, alice, "slow", null);
    send(bob, alice, "quick", null);
    later.complete(List.of(Message.of("slow_ack", null)));
    assertThat(bobs.events(2)).containsExactly("slow_ack", "quick_ack");
    assertThat(alices.events(2)).containsExactly("slow", "quick");
  }

  @Test
  void aFailingActionIsReportedToTheSenderAndTheListenerGoesOn() {
    SimpleDistributedApplicationListener alice = part("alice");
    SimpleDistributedApplicationListener bob = part("bob");
    alice.setAction(
        "throws",
        message -> {
          throw new java.util.NoSuchElementException("no such key: x");
        });
    alice.setAsyncAction("fails", message -> Future.failedFuture("later"));
    alice.setAction("invalid", message -> List.of(Message.of("_eric_gap", null)));
    alice.setAction("fine", message -> List.of(Message.of("ok", null)));
    bob.setAction("ok", message -> List.of());
    Received alices = stream(alice);
    String first = send(bob, alice, "throws", null);
    String second = send(bob, alice, "fails", null);
    String third = send(bob, alice, "invalid", null);
    send(bob, alice, "fine", null);
    Received bobs = stream(bob);
    assertThat(bobs.events(4)).containsExactly("_eric_error", "_eric_error", "_eric_error", "ok");
    assertThat(bobs.data(4).subList(0, 2))
        .containsExactly(
            error("ListenerFailure", "no such key: x", first),
            error("ListenerFailure", "later", second));
    JsonObject last = (JsonObject) bobs.data(4).get(2);
    assertThat(last.getString("error")).isEqualTo("InvalidMessageFormat");
    assertThat(last.getString("id")).isEqualTo(third);
    assertThat(alices.events(4)).containsExactly("throws", "fails", "invalid", "fine");
  }

  private static JsonObject error(String name, String message, String id) {
    return new JsonObject().put("error", name).put("message", message).put("id", id);
  }

  @Test
  void anUnknownActionIsReportedToTheSenderAndAReportIsNotAnswered() {
    SimpleDistributedApplicationListener alice = part("alice");
    SimpleDistributedApplicationListener bob = part("bob");
    Received alices = stream(alice);
    Received bobs = stream(bob);
    String id = send(bob, alice, "dance", null);
    assertThat(bobs.items(1).get(0).getJsonObject("data"))
        .isEqualTo(error("UnknownAction", "listener alice has no such action", id));
    send(bob, alice, "stop", null);
    assertThat(events(alices.untilEnd())).containsExactly("dance", "stop");
    assertThat(bobs.count()).isEqualTo(1);
  }

  @Test
  void reportsOfOthersAreSeenByAnActionForThem() {
    SimpleDistributedApplicationListener alice = part("alice");
    SimpleDistributedApplicationListener bob = part("bob");
    Promise<Message> report = Promise.promise();
    bob.setAction(
        Message.ERROR,
        message -> {
          report.tryComplete(message);
          throw new IllegalStateException("must not be answered");
        });
    Received alices = stream(alice);
    stream(bob);
    send(bob, alice, "dance", null);
    assertThat(Hub.await(report.future()).sender()).isEqualTo("alice");
    send(bob, alice, "stop", null);
    assertThat(events(alices.untilEnd())).containsExactly("dance", "stop");
  }

  @Test
  void nobodyElseMaySendReservedTypes() {
    part("alice");
    assertThat(Hub.failure(channel.dispatch("alice", Message.of(Message.ERROR, null))))
        .as("a report is signed")
        .isInstanceOf(InvalidMessageFormatException.class);
    assertThat(Hub.failure(channel.broadcast(Message.of(Message.ERROR, null).signedBy("alice"))))
        .as("and has one receiver")
        .isInstanceOf(InvalidMessageFormatException.class);
  }

  @Test
  void aMessageWithoutSenderIsActedOnAndHasNoAnswer() {
    SimpleDistributedApplicationListener alice = part("alice");
    List<Object> seen = new CopyOnWriteArrayList<>();
    alice.setAction(
        "hello",
        message -> {
          seen.add(message.payload());
          return List.of(Message.of("hello_ack", null));
        });
    Hub.await(channel.broadcast(Message.of("hello", 1)));
    Hub.await(channel.dispatch("alice", Message.of("unknown", 2)));
    Hub.await(channel.broadcast(Message.of("stop", null)));
    assertThat(events(stream(alice).untilEnd())).containsExactly("hello", "unknown", "stop");
    assertThat(seen).containsExactly(1);
  }

  @Test
  void anAnswerToASenderThatIsGoneIsNoFailure() {
    SimpleDistributedApplicationListener alice = part("alice");
    SimpleDistributedApplicationListener bob = part("bob");
    teachToGreet(alice);
    send(bob, alice, "hello", "hi");
    send(bob, alice, "stop", null);
    Hub.await(channel.removeListener("bob"));
    assertThat(events(stream(alice).untilEnd())).containsExactly("hello", "stop");
  }

  @Test
  void aStartMessageStartsAListenerThatIsNot() {
    SimpleDistributedApplicationListener alice = part("alice");
    Hub.await(alice.onMessage(Message.of("stop", null)));
    assertThat(alice.isRunning()).isFalse();
    Hub.await(alice.onMessage(Message.of("start", null)));
    assertThat(alice.isRunning()).isTrue();
  }

  @Test
  void messagesCanBeTakenOneByOneToo() {
    SimpleDistributedApplicationListener alice = part("alice");
    SimpleDistributedApplicationListener bob = part("bob");
    teachToGreet(alice);
    send(bob, alice, "hello", "hi");
    assertThat(Hub.await(channel.deliverNext("alice")).payload()).isEqualTo("hi");
    assertThat(Hub.await(channel.deliverNext("bob")))
        .extracting(Message::type, Message::payload, Message::sender)
        .containsExactly("hello_ack", "hi!", "alice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "stop", "_eric_gap", "_eric_anything"})
  void reservedNamesAreRefused(String name) {
    SimpleDistributedApplicationListener part = new SimpleDistributedApplicationListener();
    assertThatThrownBy(() -> part.setAction(name, message -> List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("reserved");
    assertThatThrownBy(() -> part.setAsyncAction(name, m -> Future.succeededFuture(List.of())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aListenerMustBeRegisteredBeforeItSends() {
    SimpleDistributedApplicationListener stray = new SimpleDistributedApplicationListener("stray");
    assertThat(Hub.failure(stray.dispatchTo("alice", Message.of("hello", null))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("stray is not registered");
  }

  @Test
  void aListenerBelongsToOneChannelAndARefusedOneToNone() {
    SimpleDistributedApplicationListener alice = part("alice");
    Channel other = hub.channel("other");
    assertThat(Hub.failure(alice.joinTo(other)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("app");
    assertThat(Hub.failure(channel.registerListener(alice)))
        .isInstanceOf(InvalidListenerException.class);
    SimpleDistributedApplicationListener twin = new SimpleDistributedApplicationListener("alice");
    assertThat(Hub.failure(twin.joinTo(channel))).isInstanceOf(InvalidListenerException.class);
    Hub.await(twin.joinTo(other));
    part("bob");
    Hub.await(alice.dispatchTo("bob", Message.of("x", null)));
  }

  @Test
  void otherListenersMayBeRegisteredToo() {
    io.eric.MessageQueueListener plain = new io.eric.MessageQueueListener("plain");
    Hub.await(channel.registerListener(plain));
    SimpleDistributedApplicationListener alice = part("alice");
    Hub.await(plain.start());
    send(alice, alice, "x", null);
    Hub.await(alice.dispatchTo(plain, Message.of("x", 1)));
    assertThat(new Received(channel.messageStream(plain)).data(1)).containsExactly(1);
  }
}
