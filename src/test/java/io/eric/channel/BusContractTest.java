package io.eric.channel;

import static io.eric.testing.Hub.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.Channel;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.Payload;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.testing.Consumer;
import io.eric.testing.Hub;
import io.eric.testing.Received;
import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 1, 2 and 5 of the contract, with the bodies that a script sends. */
class BusContractTest {

  private static final String UUID_V4 =
      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

  private Hub hub;

  @BeforeEach
  void start() {
    hub = Hub.start();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private static JsonObject json(Object... pairs) {
    JsonObject json = new JsonObject();
    for (int i = 0; i < pairs.length; i += 2) {
      json.put((String) pairs[i], pairs[i + 1]);
    }
    return json;
  }

  private JsonObject listener(String channel, String id) {
    for (Object each : hub.ask(channel, json("v", "ls")).getJsonArray("result")) {
      if (((JsonObject) each).getString("listener").equals(id)) {
        return (JsonObject) each;
      }
    }
    throw new AssertionError("no listener " + id);
  }

  private void awaitState(String channel, String id, String state) {
    until(() -> listener(channel, id).getString("state").equals(state));
  }

  private void broadcast(String channel, Object... payloads) {
    for (Object payload : payloads) {
      hub.ask(channel, json("v", "b", "t", "t", "p", payload));
    }
  }

  /** What the event bus itself can carry; it copies values, so the deepest never come here. */
  @Test
  void nestingIsBoundedAsAtTheOtherDoors() {
    hub.channel("deep");
    broadcast("deep", nested(127)); // and the command around it
    for (int depth : new int[] {128, 900}) {
      ReplyException refused = hub.refused("deep", json("v", "b", "t", "t", "p", nested(depth)));
      assertThat(refused.failureCode()).isEqualTo(400);
      assertThat(refused).hasMessage("InvalidMessageFormat('the input nests deeper than 128')");
    }
  }

  private static JsonArray nested(int depth) {
    JsonArray array = new JsonArray();
    for (int i = 1; i < depth; i++) {
      array = new JsonArray().add(array);
    }
    return array;
  }

  @Nested
  class Channels {

    @Test
    void aNewChannelIsNamedByAUuidOfItsOwn() {
      String one = hub.hub(json("v", "c")).getString("result");
      String two = hub.hub(json("v", "c")).getString("result");
      assertThat(one).matches(UUID_V4);
      assertThat(two).matches(UUID_V4).isNotEqualTo(one);
    }

    @Test
    void aNewChannelTakesTheWantedId() {
      assertThat(hub.hub(json("v", "c", "c", "a.B_~-9"))).isEqualTo(json("result", "a.B_~-9"));
    }

    @Test
    void aSecondChannelOfTheSameIdIsRefused() {
      hub.hub(json("v", "c", "c", "x"));
      ReplyException e = hub.refusedAt("eric.channels", json("v", "c", "c", "x"));
      assertThat(e.failureCode()).isEqualTo(409);
      assertThat(e.getMessage())
          .isEqualTo("InvalidChannelException('Channel with id x already exists')");
    }

    @Test
    void optionsThatDoNotExistOrAreNoObjectAreRefusedByName() {
      ReplyException unknown =
          hub.refusedAt("eric.channels", json("v", "c", "options", json("nonsense", 1)));
      assertThat(unknown.failureCode()).isEqualTo(400);
      assertThat(unknown.getMessage()).startsWith("InvalidMessageFormat('").contains("nonsense");
      ReplyException text = hub.refusedAt("eric.channels", json("v", "c", "options", "x"));
      assertThat(text.failureCode()).isEqualTo(400);
    }

    @Test
    void lsGivesAllIdsInOrderOfCreation() {
      hub.hub(json("v", "c", "c", "b"));
      hub.hub(json("v", "c", "c", "a"));
      hub.hub(json("v", "c", "c", "c"));
      assertThat(hub.hub(json("v", "ls")))
          .isEqualTo(json("result", new JsonArray().add("b").add("a").add("c")));
    }

    @Test
    void pingIsAnsweredEverywhere() {
      hub.channel("x");
      assertThat(hub.hub(json("v", "ping"))).isEqualTo(json("result", "pong"));
      assertThat(hub.ask("x", json("v", "ping"))).isEqualTo(json("result", "pong"));
    }

    @Test
    void aRemovedChannelIsGoneAndItsIdFree() {
      hub.channel("x");
      assertThat(hub.ask("x", json("v", "rc"))).isEqualTo(json("result", "ack"));
      assertThat(hub.hub(json("v", "ls")).getJsonArray("result")).isEmpty();
      assertThat(hub.refused("x", json("v", "ls")).failureCode()).isEqualTo(-1);
      hub.channel("x");
      assertThat(hub.ask("x", json("v", "ls")).getJsonArray("result")).isEmpty();
    }

    @Test
    void removingAChannelEndsItsStreamsWithAFinalEvent() {
      var channel = hub.channel("x");
      Received watcher = new Received(channel.watch());
      awaitWatching(channel);
      broadcast("x", 1);
      watcher.data(1);
      Consumer consumer = new Consumer(hub.vertx, "x", "l", true);
      hub.ask("x", json("v", "r", "r", "l"));
      hub.ask("x", json("v", "l", "r", "l"));
      hub.ask("x", json("v", "rc"));
      assertThat(watcher.untilEnd())
          .extracting(item -> item.getString("event"))
          .containsExactly("t", "_eric_channel_closed");
      assertThat(consumer.bodies(1).get(0).getString("event")).isEqualTo("_eric_channel_closed");
    }

    private void awaitWatching(io.eric.Channel channel) {
      // A watcher sees what comes from now on: probe until it does.
      Received probe = new Received(channel.watch());
      until(
          () -> {
            hub.ask(channel.id(), json("v", "ls"));
            return true;
          });
      Hub.await(probe.stream.close());
    }

    @Test
    void channelVerbsAtTheHubsAddressAndHubVerbsAtAChannelsAreRefused() {
      hub.channel("x");
      assertThat(hub.refusedAt("eric.channels", json("v", "b", "c", "x", "t", "t")).failureCode())
          .isEqualTo(400);
      assertThat(hub.refused("x", json("v", "c")).failureCode()).isEqualTo(400);
    }

    @Test
    void lsOfOneChannelAtTheHubsAddressGoesToTheChannel() {
      hub.channel("x");
      hub.ask("x", json("v", "r", "r", "l"));
      assertThat(hub.hub(json("v", "ls", "c", "x")).getJsonArray("result")).hasSize(1);
      ReplyException e = hub.refusedAt("eric.channels", json("v", "ls", "c", "none"));
      assertThat(e.failureCode()).isEqualTo(404);
      assertThat(e.getMessage()).isEqualTo("InvalidChannelException('No channel with id none')");
    }
  }

  @Nested
  class Form {

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{}",
          "{\"v\":\"nope\"}",
          "{\"v\":7}",
          "{\"v\":null}",
          "{\"v\":\"d\",\"t\":\"t\"}",
          "{\"v\":\"b\"}",
          "{\"v\":\"b\",\"t\":7}",
          "{\"v\":\"b\",\"t\":\"\"}",
          "{\"v\":\"b\",\"t\":\"a\\nb\"}",
          "{\"v\":\"b\",\"t\":\"a\\rb\"}",
          "{\"v\":\"b\",\"t\":\"a\\u0000b\"}",
          "{\"v\":\"b\",\"t\":\"_eric_anything\"}",
          "{\"v\":\"b\",\"t\":\"t\",\"key\":\"\"}",
          "{\"v\":\"b\",\"t\":\"t\",\"key\":5}",
          "{\"v\":\"r\",\"r\":\"with space\"}",
          "{\"v\":\"r\",\"r\":\"a/b\"}",
          "{\"v\":\"r\",\"r\":\"\"}",
          "{\"v\":\"r\",\"r\":{}}",
          "{\"v\":\"l\",\"r\":\"l\",\"window\":0}",
          "{\"v\":\"l\",\"r\":\"l\",\"window\":1001}",
          "{\"v\":\"l\",\"r\":\"l\",\"window\":1.5}",
          "{\"v\":\"l\",\"r\":\"l\",\"window\":\"9\"}",
          "{\"v\":\"l\",\"r\":\"l\",\"after\":9}",
          "{\"v\":\"rl\"}",
          "{\"v\":\"s\"}",
          "{\"v\":\"l\"}",
        })
    void aBadCommandIsRefusedAndChangesNothing(String command) {
      hub.channel("x");
      hub.ask("x", json("v", "r", "r", "l"));
      ReplyException e = hub.refused("x", new JsonObject(command));
      assertThat(e.failureCode()).isEqualTo(400);
      assertThat(e.getMessage()).startsWith("InvalidMessageFormat('").endsWith("')");
      JsonArray listeners = hub.ask("x", json("v", "ls")).getJsonArray("result");
      assertThat(listeners).hasSize(1);
      assertThat(listeners.getJsonObject(0).getString("state")).isEqualTo("stopped");
      assertThat(listeners.getJsonObject(0).getLong("lag")).isZero();
    }

    @Test
    void whatIsNoObjectIsRefused() {
      hub.channel("x");
      assertThat(hub.refused("x", "text").failureCode()).isEqualTo(400);
      assertThat(hub.refused("x", new JsonArray()).failureCode()).isEqualTo(400);
      assertThat(hub.refusedAt("eric.channels", 5).failureCode()).isEqualTo(400);
    }

    @Test
    void idsAndTypesMayBeAsLongAsTheyMayBeAndNoLonger() {
      hub.channel("x");
      String id = "i".repeat(128);
      assertThat(hub.ask("x", json("v", "r", "r", id))).isEqualTo(json("result", id));
      assertThat(hub.refused("x", json("v", "r", "r", id + "i")).failureCode()).isEqualTo(400);
      hub.ask("x", json("v", "b", "t", "t".repeat(255)));
      assertThat(hub.refused("x", json("v", "b", "t", "t".repeat(256))).failureCode())
          .isEqualTo(400);
      hub.ask("x", json("v", "b", "t", "t", "key", "k".repeat(128)));
      assertThat(hub.refused("x", json("v", "b", "t", "t", "key", "k".repeat(129))).failureCode())
          .isEqualTo(400);
    }

    @Test
    void unknownKeysAreIgnored() {
      hub.channel("x");
      assertThat(hub.ask("x", json("v", "r", "r", "l", "colour", "red", "n", 5)))
          .isEqualTo(json("result", "l"));
    }

    @Test
    void theReasonIsSaidAndThenTheRequestCutAt200Characters() {
      hub.channel("x");
      ReplyException e = hub.refused("x", json("v", "nope", "z", "z".repeat(500)));
      String argument =
          e.getMessage().substring("InvalidMessageFormat('".length(), e.getMessage().length() - 2);
      String reason = "unknown verb, allowed here: c, rc, r, rl, d, b, l, w, s, ls, ping: ";
      assertThat(argument).startsWith(reason + "{\"v\":\"nope\",\"z\":\"zzz");
      assertThat(argument.substring(reason.length())).hasSize(200);
    }

    @Test
    void aPayloadOverTheLimitIsTooLarge() {
      hub.channel("x", json("maxPayload", 10));
      hub.ask("x", json("v", "b", "t", "t", "p", "12345678"));
      ReplyException e = hub.refused("x", json("v", "b", "t", "t", "p", "123456789"));
      assertThat(e.failureCode()).isEqualTo(413);
      assertThat(e.getMessage()).startsWith("PayloadTooLarge('");
    }

    @Test
    void everyJsonValueIsAPayloadAndAnAbsentOneIsNull() {
      hub.channel("x");
      hub.ask("x", json("v", "r", "r", "l"));
      Consumer consumer = new Consumer(hub.vertx, "x", "l", true);
      hub.ask("x", json("v", "l", "r", "l"));
      List<Object> payloads = new ArrayList<>();
      payloads.add(json("a", new JsonArray().add(1).add(json("b", true))));
      payloads.add(new JsonArray().add("x").addNull());
      payloads.add("text");
      payloads.add(17);
      payloads.add(1.25);
      payloads.add(false);
      payloads.add(null);
      payloads.forEach(payload -> broadcast("x", payload));
      hub.ask("x", json("v", "b", "t", "t"));
      payloads.add(null);
      assertThat(consumer.data(8)).isEqualTo(payloads);
    }
  }

  @Nested
  class Publishing {

    @Test
    void anAckCarriesThePosition() {
      hub.channel("x");
      JsonObject one = hub.ask("x", json("v", "b", "t", "t"));
      JsonObject two = hub.ask("x", json("v", "b", "t", "t"));
      assertThat(one.getString("result")).isEqualTo("ack");
      assertThat(one.getString("id")).endsWith("-1");
      assertThat(two.getString("id")).isEqualTo(one.getString("id").replaceAll("-1$", "-2"));
    }

    @Test
    void aDispatchToNobodyIsRefused() {
      hub.channel("x");
      ReplyException e = hub.refused("x", json("v", "d", "r", "none", "t", "t"));
      assertThat(e.failureCode()).isEqualTo(404);
      assertThat(e.getMessage()).isEqualTo("InvalidListenerException('Invalid listener none')");
    }

    @Test
    void aListenerSeesDispatchesAndBroadcastsInTheOrderOfTheirAcksAndNotThoseOfOthers() {
      hub.channel("x");
      hub.ask("x", json("v", "r", "r", "one"));
      hub.ask("x", json("v", "r", "r", "two"));
      List<Object> forOne = new ArrayList<>();
      List<Object> forTwo = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        if (i % 3 == 0) {
          broadcast("x", i);
          forOne.add(i);
          forTwo.add(i);
        } else {
          String receiver = i % 3 == 1 ? "one" : "two";
          hub.ask("x", json("v", "d", "r", receiver, "t", "t", "p", i));
          (i % 3 == 1 ? forOne : forTwo).add(i);
        }
      }
      Consumer one = new Consumer(hub.vertx, "x", "one", true);
      Consumer two = new Consumer(hub.vertx, "x", "two", true);
      hub.ask("x", json("v", "l", "r", "one"));
      hub.ask("x", json("v", "l", "r", "two"));
      assertThat(one.data(40)).isEqualTo(forOne);
      assertThat(two.data(40)).isEqualTo(forTwo);
    }

    @Test
    void pipelinedCommandsTakeEffectInOrder() {
      hub.channel("x");
      hub.ask("x", json("v", "r", "r", "l"));
      Consumer consumer = new Consumer(hub.vertx, "x", "l", true);
      hub.ask("x", json("v", "l", "r", "l"));
      List<Future<JsonObject>> answers = new ArrayList<>();
      hub.vertx.runOnContext(v -> {});
      for (int i = 0; i < 500; i++) {
        answers.add(hub.request("eric.channel.x", json("v", "b", "t", "t", "p", i)));
      }
      Hub.await(Future.all(answers));
      assertThat(consumer.data(500)).isEqualTo(IntStream.range(0, 500).boxed().toList());
    }

    @Test
    void aRepeatedKeyIsAnsweredWithTheFirstPositionAndNotDeliveredAgain() {
      hub.channel("x");
      hub.ask("x", json("v", "r", "r", "l"));
      JsonObject publish = json("v", "b", "t", "t", "p", "once", "key", "k");
      JsonObject first = hub.ask("x", publish);
      broadcast("x", "other");
      assertThat(hub.ask("x", publish)).isEqualTo(first);
      assertThat(hub.ask("x", json("v", "d", "r", "l", "t", "t", "p", "changed", "key", "k")))
          .isEqualTo(first);
      Consumer consumer = new Consumer(hub.vertx, "x", "l", true);
      hub.ask("x", json("v", "l", "r", "l"));
      broadcast("x", "end");
      assertThat(consumer.data(3)).containsExactly("once", "other", "end");
    }

    @Test
    void aKeyIsForgottenWhenTheWindowIsFull() {
      hub.channel("x", json("keys", 2));
      JsonObject first = hub.ask("x", json("v", "b", "t", "t", "key", "1"));
      hub.ask("x", json("v", "b", "t", "t", "key", "2"));
      assertThat(hub.ask("x", json("v", "b", "t", "t", "key", "1"))).isEqualTo(first);
      hub.ask("x", json("v", "b", "t", "t", "key", "3"));
      assertThat(hub.ask("x", json("v", "b", "t", "t", "key", "1"))).isNotEqualTo(first);
    }

    @Test
    void aKeyIsForgottenWhenItsAgeIsOver() {
      hub.channel("x", json("keysAge", 50));
      JsonObject first = hub.ask("x", json("v", "b", "t", "t", "key", "1"));
      await().until(() -> !hub.ask("x", json("v", "b", "t", "t", "key", "1")).equals(first));
    }

    @Test
    void aMessageThatIsLargerThanTheWholeLogIsRefused() {
      hub.channel("x", json("limit", json("bytes", 1_000)));
      ReplyException refused = hub.refused("x", json("v", "b", "t", "t", "p", "x".repeat(1_000)));
      assertThat(refused.failureCode()).isEqualTo(413);
      assertThat(refused.getMessage()).startsWith("PayloadTooLarge('").contains("1000");
    }

    @Test
    void theKeyOfARefusedMessageMayBeUsedAgain() {
      hub.channel("x");
      hub.refused("x", json("v", "d", "r", "l", "t", "t", "key", "k"));
      hub.ask("x", json("v", "r", "r", "l"));
      assertThat(hub.ask("x", json("v", "d", "r", "l", "t", "t", "key", "k")).getString("id"))
          .endsWith("-1");
    }
  }

  @Nested
  class Listeners {

    @Test
    void aNewListenerIsNamedByAUuidOrAsWanted() {
      hub.channel("x");
      assertThat(hub.ask("x", json("v", "r")).getString("result")).matches(UUID_V4);
      assertThat(hub.ask("x", json("v", "r", "r", "mine"))).isEqualTo(json("result", "mine"));
      ReplyException e = hub.refused("x", json("v", "r", "r", "mine"));
      assertThat(e.failureCode()).isEqualTo(409);
      assertThat(e.getMessage()).startsWith("InvalidListenerException('").contains("mine");
    }

    @ParameterizedTest
    @CsvSource({"rl", "s", "l"})
    void aVerbForAnUnknownListenerIsRefused(String verb) {
      hub.channel("x");
      ReplyException e = hub.refused("x", json("v", verb, "r", "none"));
      assertThat(e.failureCode()).isEqualTo(404);
      assertThat(e.getMessage()).isEqualTo("InvalidListenerException('Invalid listener none')");
    }

    @Test
    void lsShowsStateLagAndPosition() {
      hub.channel("x");
      hub.ask("x", json("v", "r", "r", "l"));
      broadcast("x", 1, 2, 3);
      JsonObject shown = listener("x", "l");
      assertThat(shown.getString("state")).isEqualTo("stopped");
      assertThat(shown.getLong("lag")).isEqualTo(3);
      assertThat(shown.getString("position")).endsWith("-0");
      new Consumer(hub.vertx, "x", "l", true);
      hub.ask("x", json("v", "l", "r", "l"));
      awaitState("x", "l", "live");
      until(() -> listener("x", "l").getLong("lag") == 0);
      assertThat(listener("x", "l").getString("position")).endsWith("-3");
    }

    @Test
    void aListenerCollectsFromItsCreationOn() {
      hub.channel("x");
      broadcast("x", "before");
      hub.ask("x", json("v", "r", "r", "l"));
      broadcast("x", "after");
      Consumer consumer = new Consumer(hub.vertx, "x", "l", true);
      hub.ask("x", json("v", "l", "r", "l"));
      assertThat(consumer.data(1)).containsExactly("after");
    }

    @Test
    void aStoppedListenerCollectsAndGoesOnWhenItIsStartedAgain() {
      hub.channel("x");
      hub.ask("x", json("v", "r", "r", "l"));
      Consumer consumer = new Consumer(hub.vertx, "x", "l", true);
      hub.ask("x", json("v", "l", "r", "l"));
      broadcast("x", 1);
      consumer.data(1);
      assertThat(hub.ask("x", json("v", "s", "r", "l"))).isEqualTo(json("result", "ack"));
      assertThat(listener("x", "l").getString("state")).isEqualTo("stopped");
      broadcast("x", 2, 3);
      assertThat(listener("x", "l").getLong("lag")).isEqualTo(2);
      assertThat(consumer.count()).isEqualTo(1);
      hub.ask("x", json("v", "l", "r", "l"));
      assertThat(consumer.data(3)).containsExactly(1, 2, 3);
    }

    @Test
    void stoppingAndListeningAgainAtOnceTakesEffectInThatOrder() {
      hub.channel("x");
      hub.ask("x", json("v", "r", "r", "l"));
      Consumer consumer = new Consumer(hub.vertx, "x", "l", true);
      for (int i = 0; i < 20; i++) {
        hub.request("eric.channel.x", json("v", "l", "r", "l"));
        hub.request("eric.channel.x", json("v", "s", "r", "l"));
      }
      hub.ask("x", json("v", "ls"));
      assertThat(listener("x", "l").getString("state")).isEqualTo("stopped");
      hub.request("eric.channel.x", json("v", "s", "r", "l"));
      hub.ask("x", json("v", "l", "r", "l"));
      broadcast("x", 1);
      assertThat(consumer.data(1)).containsExactly(1);
    }

    @Test
    void aRemovedListenerIsGoneAndANewOneOfItsNameStartsAfresh() {
      hub.channel("x");
      hub.ask("x", json("v", "r", "r", "l"));
      hub.ask("x", json("v", "d", "r", "l", "t", "t", "p", "old"));
      assertThat(hub.ask("x", json("v", "rl", "r", "l"))).isEqualTo(json("result", "ack"));
      assertThat(hub.refused("x", json("v", "rl", "r", "l")).failureCode()).isEqualTo(404);
      hub.ask("x", json("v", "r", "r", "l"));
      hub.ask("x", json("v", "d", "r", "l", "t", "t", "p", "new"));
      Consumer consumer = new Consumer(hub.vertx, "x", "l", true);
      hub.ask("x", json("v", "l", "r", "l"));
      assertThat(consumer.data(1)).containsExactly("new");
    }

    @Test
    void aListenerRemovedWhileItsStreamEndsLosesNothingOfItsSuccessor() {
      var channel = hub.channel("x");
      hub.ask("x", json("v", "r", "r", "l"));
      var listener = Hub.await(channel.getListener("l"));
      Hub.await(listener.start());
      Received old = new Received(channel.messageStream(listener));
      awaitState("x", "l", "catching up");
      hub.request("eric.channel.x", json("v", "rl", "r", "l"));
      hub.request("eric.channel.x", json("v", "r", "r", "l"));
      hub.ask("x", json("v", "d", "r", "l", "t", "t", "p", "new"));
      old.untilEnd();
      hub.ask("x", json("v", "ls"));
      Consumer consumer = new Consumer(hub.vertx, "x", "l", true);
      hub.ask("x", json("v", "l", "r", "l"));
      assertThat(consumer.data(1)).containsExactly("new");
    }
  }

  @Nested
  class BusListeners {

    private Consumer consumer;

    private void listen(JsonObject options, JsonObject listen, boolean acknowledges) {
      hub.channel("x", options);
      hub.ask("x", json("v", "r", "r", "l"));
      consumer = new Consumer(hub.vertx, "x", "l", acknowledges);
      assertThat(hub.ask("x", json("v", "l", "r", "l").mergeIn(listen)))
          .isEqualTo(json("result", "ack"));
    }

    @Test
    void aDeliveryShowsEventDataIdAndChannelAndTheSenderIfThereIsOne() {
      listen(json(), json(), true);
      String one = hub.ask("x", json("v", "b", "t", "greeting", "p", "hello")).getString("id");
      String two = hub.ask("x", json("v", "d", "r", "l", "t", "t", "sender", "me")).getString("id");
      assertThat(consumer.bodies(2))
          .containsExactly(
              json("event", "greeting", "data", "hello", "id", one, "channel", "x"),
              json("event", "t", "data", null, "id", two, "channel", "x", "sender", "me"));
    }

    @Test
    void noMoreThanTheWindowIsUnacknowledged() {
      listen(json(), json("window", 3), false);
      broadcast("x", 1, 2, 3, 4, 5, 6, 7);
      consumer.request(2);
      hub.ask("x", json("v", "ls"));
      assertThat(consumer.data(3)).containsExactly(1, 2, 3);
      consumer.request(0).reply(json("any", "reply"));
      assertThat(consumer.data(4)).containsExactly(1, 2, 3, 4);
      consumer.request(2).reply(null);
      hub.ask("x", json("v", "ls"));
      assertThat(consumer.count()).as("the oldest is still under way").isEqualTo(4);
      consumer.request(1).reply("text");
      assertThat(consumer.data(6)).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void theDefaultWindowIs256() {
      listen(json(), json(), false);
      broadcast("x", IntStream.range(0, 300).boxed().toArray());
      consumer.request(255);
      hub.ask("x", json("v", "ls"));
      assertThat(consumer.count()).isEqualTo(256);
    }

    @Test
    void aFailureReplySendsEverythingFromThereAgainInOrderWithTheSameIds() {
      listen(json(), json(), false);
      broadcast("x", 1, 2, 3, 4);
      consumer.request(3);
      consumer.request(0).reply(null);
      consumer.request(2).reply(null);
      consumer.request(1).fail(1, "not now");
      assertThat(consumer.data(7)).containsExactly(1, 2, 3, 4, 2, 3, 4);
      List<JsonObject> all = consumer.bodies(7);
      assertThat(all.subList(4, 7)).isEqualTo(all.subList(1, 4));
      assertThat(listener("x", "l").getString("position")).endsWith("-1");
    }

    @Test
    void aTimeOutSendsAgain() {
      listen(json("ackTimeout", 50), json("window", 2), false);
      broadcast("x", 1, 2);
      consumer.request(2);
      consumer.acknowledgeAll();
      broadcast("x", 3);
      until(() -> consumer.data(1).contains(3));
      // At least once, and in order: nothing appears before what precedes it.
      List<Object> data = consumer.data(1);
      assertThat(data.indexOf((Object) 1)).isLessThan(data.indexOf((Object) 2));
      assertThat(data.indexOf((Object) 2)).isLessThan(data.indexOf((Object) 3));
    }

    @Test
    void afterTooManyDeliveriesAMessageIsSkippedAndReportedInItsPlace() {
      listen(json("maxDeliveries", 2), json(), false);
      String bad = hub.ask("x", json("v", "b", "t", "t", "p", "bad")).getString("id");
      broadcast("x", "good");
      consumer.request(1);
      consumer.request(0).fail(1, "no");
      consumer.request(2).fail(1, "no again");
      List<JsonObject> all = consumer.bodies(6);
      assertThat(all)
          .extracting(body -> body.getValue("data"))
          .startsWith("bad", "good", "bad", "good");
      JsonObject report = all.get(4);
      assertThat(report.getString("event")).isEqualTo("_eric_error");
      assertThat(report.getString("id")).isEqualTo(bad);
      assertThat(report.getJsonObject("data").getMap())
          .isEqualTo(Map.of("error", "ListenerFailure", "message", "no again", "id", bad));
      assertThat(all.get(5).getValue("data")).isEqualTo("good");
    }

    private long counted(CounterName counter) {
      return Meters.of(hub.vertx).get(counter);
    }

    private String broadcastTooLongToDecode() {
      byte[] number = "1".repeat(Payload.MAX_NUMBER_DIGITS + 1).getBytes(UTF_8);
      return Hub.await(
          hub.channels.get("x").broadcast(Message.of("t", Payload.ofValidJson(number))));
    }

    @Test
    void aMessageThatCannotBeDecodedIsReportedInItsPlace() {
      listen(json(), json(), true);
      broadcast("x", "before");
      String id = broadcastTooLongToDecode();
      broadcast("x", "after");
      List<JsonObject> all = consumer.bodies(3);
      assertThat(all.get(0).getValue("data")).isEqualTo("before");
      JsonObject report = all.get(1);
      assertThat(report.getString("event")).isEqualTo("_eric_error");
      assertThat(report.getString("id")).isEqualTo(id);
      JsonObject data = report.getJsonObject("data");
      assertThat(data.getString("error")).isEqualTo("InvalidMessageFormat");
      assertThat(data.getString("message")).startsWith("the payload cannot be decoded");
      assertThat(data.getString("id")).isEqualTo(id);
      assertThat(all.get(2).getValue("data")).isEqualTo("after");
      until(() -> listener("x", "l").getString("position").endsWith("-3"));
    }

    @Test
    void aMessageThatCannotBeDecodedIsSkippedIfItsReportIsRefusedTooOften() {
      listen(json("maxDeliveries", 2), json(), false);
      String id = broadcastTooLongToDecode();
      broadcast("x", "after");
      consumer.request(1);
      consumer.request(0).fail(1, "no");
      consumer.request(2).fail(1, "no again");
      List<JsonObject> all = consumer.bodies(6);
      assertThat(all.get(4).getString("id")).isEqualTo(id);
      assertThat(all.get(4).getJsonObject("data").getString("message")).isEqualTo("no again");
      assertThat(all.get(5).getValue("data")).isEqualTo("after");
      consumer.request(5).reply(null);
      until(() -> listener("x", "l").getString("position").endsWith("-2"));
    }

    /** Its own {@code onMessage} could not be given the message at any attempt. */
    @Test
    void aMessageThatCannotBeDecodedIsReportedToAnObservedListenerToo() {
      Channel channel = hub.channel("x", json("maxDeliveries", 0));
      List<Object> seen = new CopyOnWriteArrayList<>();
      observed(
          channel,
          message -> {
            seen.add(message.payload());
            return Future.succeededFuture();
          });
      consumer = new Consumer(hub.vertx, "x", "l", true);
      hub.ask("x", json("v", "l", "r", "l"));
      broadcast("x", "before");
      String id = broadcastTooLongToDecode();
      broadcast("x", "after");
      List<JsonObject> all = consumer.bodies(3);
      assertThat(all.get(1).getString("id")).isEqualTo(id);
      assertThat(all.get(1).getJsonObject("data").getString("error"))
          .isEqualTo("InvalidMessageFormat");
      assertThat(all.get(2).getValue("data")).isEqualTo("after");
      assertThat(seen).containsExactly("before", "after");
    }

    @Test
    void anOnMessageThatFailsDoesNotStandForAConsumer() {
      Channel channel = hub.channel("x", json("maxDeliveries", 0, "noHandlerTimeout", 300));
      AtomicInteger calls = new AtomicInteger();
      observed(
          channel,
          message ->
              calls.getAndIncrement() % 2 == 0
                  ? Future.failedFuture("every second time")
                  : Future.succeededFuture());
      hub.ask("x", json("v", "l", "r", "l"));
      broadcast("x", "before");
      awaitState("x", "l", "detached");
    }

    private void observed(Channel channel, Function<Message, Future<Void>> onMessage) {
      MessageQueueListener own =
          new MessageQueueListener("l") {
            @Override
            public Future<Void> onMessage(Message message) {
              return onMessage.apply(message);
            }
          };
      Hub.await(channel.registerListener(own));
      Hub.await(own.start());
    }

    @Test
    void withoutHandlersTheListenerIsDetachedAndKeepsItsMessages() {
      hub.channel("x", json("noHandlerTimeout", 50));
      hub.ask("x", json("v", "r", "r", "l"));
      hub.ask("x", json("v", "l", "r", "l"));
      broadcast("x", 1, 2);
      awaitState("x", "l", "detached");
      assertThat(listener("x", "l").getLong("lag")).isEqualTo(2);
      Consumer late = new Consumer(hub.vertx, "x", "l", true);
      hub.ask("x", json("v", "l", "r", "l"));
      assertThat(late.data(2)).containsExactly(1, 2);
    }

    @Test
    void aConsumerThatComesInTimeGetsEverything() {
      hub.channel("x");
      hub.ask("x", json("v", "r", "r", "l"));
      hub.ask("x", json("v", "l", "r", "l"));
      broadcast("x", 1, 2);
      Consumer late = new Consumer(hub.vertx, "x", "l", true);
      assertThat(late.data(2)).containsExactly(1, 2);
      assertThat(listener("x", "l").getString("state")).isNotEqualTo("detached");
    }

    /** It counts as absent from the moment it is gone, not since an earlier absence. */
    @Test
    void aConsumerThatFailsWasThereAndItsNextAbsenceBeginsAnew() {
      long timeout = 1_000;
      hub.channel("x", json("maxDeliveries", 0, "noHandlerTimeout", timeout));
      hub.ask("x", json("v", "r", "r", "l"));
      hub.ask("x", json("v", "l", "r", "l"));
      broadcast("x", 1);
      until(() -> counted(CounterName.REDELIVERIES) >= 1);
      Consumer failing = new Consumer(hub.vertx, "x", "l", false);
      failing.request(0);
      long absent = counted(CounterName.REDELIVERIES);
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
      int deliveries = 0;
      do {
        failing.request(deliveries++).fail(1, "not now");
      } while (System.nanoTime() < end);
      long failed = absent + deliveries;
      until(() -> counted(CounterName.REDELIVERIES) >= failed);
      failing.leave();
      until(() -> counted(CounterName.REDELIVERIES) > failed);
      assertThat(listener("x", "l").getString("state")).isNotEqualTo("detached");
      assertThat(failing.count()).as("the pauses grow").isLessThan(10);
    }

    @Test
    void afterResumesBackwardsAndForwards() {
      listen(json(), json(), true);
      List<String> ids = new ArrayList<>();
      for (int i = 1; i <= 5; i++) {
        ids.add(hub.ask("x", json("v", "b", "t", "t", "p", i)).getString("id"));
      }
      consumer.data(5);
      hub.ask("x", json("v", "l", "r", "l", "after", ids.get(1)));
      assertThat(consumer.data(8)).containsExactly(1, 2, 3, 4, 5, 3, 4, 5);
      hub.ask("x", json("v", "s", "r", "l"));
      for (int i = 6; i <= 8; i++) {
        ids.add(hub.ask("x", json("v", "b", "t", "t", "p", i)).getString("id"));
      }
      hub.ask("x", json("v", "l", "r", "l", "after", ids.get(6)));
      assertThat(consumer.data(9)).endsWith(5, 8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"other-3", "garbage", "", "-1", "x-99999999999999999999"})
    void anUnusablePositionGivesOneGapThenTheOldest(String after) {
      listen(json(), json(), true);
      broadcast("x", 1, 2);
      consumer.data(2);
      hub.ask("x", json("v", "l", "r", "l", "after", after));
      List<JsonObject> all = consumer.bodies(5);
      JsonObject gap = all.get(2);
      assertThat(gap.getString("event")).isEqualTo("_eric_gap");
      assertThat(gap.getJsonObject("data").getString("reason")).isEqualTo("epoch");
      assertThat(gap.getJsonObject("data").containsKey("missed")).isTrue();
      assertThat(gap.getString("id")).isEqualTo(gap.getJsonObject("data").getString("to"));
      assertThat(consumer.data(5)).endsWith(1, 2);
    }

    @Test
    void aPositionFromTheFutureGivesOneGapThenTheOldest() {
      listen(json(), json(), true);
      String id = hub.ask("x", json("v", "b", "t", "t", "p", 1)).getString("id");
      consumer.data(1);
      hub.ask("x", json("v", "l", "r", "l", "after", id.replaceAll("-1$", "-77")));
      assertThat(consumer.bodies(3).get(1).getString("event")).isEqualTo("_eric_gap");
      assertThat(consumer.data(3).get(2)).isEqualTo(1);
    }

    @Test
    void aGapThatIsRefusedIsSentAgain() {
      listen(json(), json(), false);
      hub.ask("x", json("v", "l", "r", "l", "after", "garbage"));
      assertThat(consumer.bodies(1).get(0).getString("event")).isEqualTo("_eric_gap");
      consumer.request(0).fail(1, "not now");
      assertThat(consumer.bodies(2).get(1)).isEqualTo(consumer.bodies(2).get(0));
      consumer.acknowledgeAll();
      consumer.request(1).reply(null);
      broadcast("x", 1);
      assertThat(consumer.data(3).get(2)).isEqualTo(1);
    }

    @Test
    void aGapThatIsRefusedTooOftenIsSkippedAndReportedInItsPlace() {
      listen(json("maxDeliveries", 2), json("after", "garbage"), false);
      consumer.request(0).fail(1, "no");
      consumer.request(1).fail(1, "no again");
      consumer.request(2);
      broadcast("x", 1);
      List<JsonObject> all = consumer.bodies(4);
      assertThat(all)
          .extracting(body -> body.getString("event"))
          .containsExactly("_eric_gap", "_eric_gap", "_eric_error", "t");
      assertThat(all.get(2).getString("id")).isEqualTo(all.get(0).getString("id"));
      consumer.request(3).reply(null);
      until(() -> listener("x", "l").getString("position").endsWith("-1"));
      assertThat(counted(CounterName.GAP_EPOCH)).isEqualTo(1);
    }

    @Test
    void aGapOfTheLogThatIsSentAgainIsCountedOnce() {
      hub.channel("x", json("limit", json("messages", 2)));
      hub.ask("x", json("v", "r", "r", "l"));
      broadcast("x", 1, 2, 3, 4);
      consumer = new Consumer(hub.vertx, "x", "l", false);
      hub.ask("x", json("v", "l", "r", "l", "window", 1));
      assertThat(consumer.bodies(1).get(0).getString("event")).isEqualTo("_eric_gap");
      consumer.request(0).fail(1, "not now");
      assertThat(consumer.bodies(2).get(1)).isEqualTo(consumer.bodies(2).get(0));
      assertThat(counted(CounterName.GAP_OVERFLOW)).isEqualTo(1);
      consumer.request(1).reply(null);
      assertThat(consumer.bodies(3).get(2).getString("event")).isEqualTo("t");
    }

    @Test
    void aSecondListenTakesTheListenerOverWithoutLosingWhatWasUnacknowledged() {
      listen(json(), json("window", 2), false);
      broadcast("x", 1, 2, 3);
      consumer.request(1);
      consumer.request(0).reply(null);
      consumer.request(2);
      consumer.acknowledgeAll();
      hub.ask("x", json("v", "l", "r", "l", "window", 10));
      assertThat(consumer.data(5)).containsExactly(1, 2, 3, 2, 3);
    }

    @Test
    void aStreamTakesABusListenerOverAndTheConsumerIsTold() {
      listen(json(), json(), false);
      broadcast("x", 1, 2);
      consumer.request(1);
      consumer.request(0).reply(null);
      until(() -> listener("x", "l").getString("position").endsWith("-1"));
      var channel = hub.channels.get("x");
      Received stream = new Received(channel.messageStream(Hub.await(channel.getListener("l"))));
      assertThat(stream.data(1)).containsExactly(2);
      assertThat(consumer.bodies(3).get(2).getString("event")).isEqualTo("_eric_taken_over");
      broadcast("x", 3);
      assertThat(stream.data(2)).containsExactly(2, 3);
      assertThat(consumer.count()).isEqualTo(3);
      // And back again.
      consumer.acknowledgeAll();
      hub.ask("x", json("v", "l", "r", "l"));
      JsonObject last = stream.untilEnd().get(2);
      assertThat(last.getString("event")).isEqualTo("_eric_taken_over");
      assertThat(last.getInteger("retry")).isEqualTo(60_000);
      broadcast("x", 4);
      assertThat(consumer.data(4).get(3)).isEqualTo(4);
    }

    @Test
    void manyConcurrentListensLeaveExactlyOneAttachment() {
      listen(json(), json(), true);
      List<Future<JsonObject>> listens = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        listens.add(hub.request("eric.channel.x", json("v", "l", "r", "l")));
      }
      Hub.await(Future.all(listens));
      broadcast("x", 1, 2, 3);
      assertThat(consumer.data(3)).containsExactly(1, 2, 3);
    }
  }
}
