package io.eric.channel;

import static io.eric.testing.Hub.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Channel;
import io.eric.ListenerStatus;
import io.eric.LogFullException;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.MessageStream;
import io.eric.Payload;
import io.eric.UnavailableException;
import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.ChannelResponse.Outcome;
import io.eric.internal.protocol.ChannelResponse.Published;
import io.eric.internal.protocol.Command;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.PublishTimeouts;
import io.eric.testing.Consumer;
import io.eric.testing.Hub;
import io.eric.testing.Received;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a channel keeps, and what its clients see of what it did not keep. */
class RetentionTest {

  private Hub hub;
  private MessageStream<JsonObject> stream;

  @BeforeEach
  void start() {
    hub = Hub.start();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private Channel channel(String overflow, int limit) {
    return hub.channel(
        "x",
        new JsonObject()
            .put("overflow", overflow)
            .put("limit", new JsonObject().put("messages", limit)));
  }

  private static JsonObject underWait(long stallMs, String unit, int limit) {
    return new JsonObject()
        .put("overflow", "wait")
        .put("waitStall", stallMs)
        .put("limit", new JsonObject().put(unit, limit));
  }

  private static MessageQueueListener started(Channel channel) {
    MessageQueueListener listener = Hub.await(channel.addListener());
    Hub.await(listener.start());
    return listener;
  }

  /** A reader that takes nothing before {@code stream.resume()}. */
  private Received standingStill(Channel channel) {
    MessageQueueListener listener = started(channel);
    stream = channel.messageStream(listener);
    stream.pause();
    Received received = new Received(stream);
    until(() -> state(channel, listener.id()) == ListenerStatus.State.CATCHING_UP);
    return received;
  }

  private static void broadcast(Channel channel, int from, int to) {
    for (int i = from; i <= to; i++) {
      Hub.await(channel.broadcast(Message.of("t", i)));
    }
  }

  private static ListenerStatus.State state(Channel channel, String id) {
    return Hub.await(channel.getConnections()).stream()
        .filter(each -> each.listener().equals(id))
        .findFirst()
        .orElseThrow()
        .state();
  }

  private static void assertGap(JsonObject item, long from, long to, long missed, String reason) {
    assertThat(item.getString("event")).isEqualTo("_eric_gap");
    JsonObject gap = item.getJsonObject("data");
    String epoch = item.getString("id").replaceAll("-\\d+$", "");
    assertThat(gap.getString("from")).isEqualTo(epoch + "-" + from);
    assertThat(gap.getString("to")).isEqualTo(epoch + "-" + to);
    assertThat(gap.getLong("missed")).isEqualTo(missed);
    assertThat(gap.getString("reason")).isEqualTo(reason);
    assertThat(item.getString("id")).isEqualTo(epoch + "-" + to);
  }

  @Test
  void underGapTheOldestGoAndTheListenerIsToldHowMany() {
    Channel channel = channel("gap", 10);
    MessageQueueListener listener = started(channel);
    broadcast(channel, 1, 25);
    Received stream = new Received(channel.messageStream(listener));
    List<JsonObject> items = stream.items(11);
    assertGap(items.get(0), 1, 15, 15, "overflow");
    assertThat(stream.data(11).subList(1, 11))
        .isEqualTo(IntStream.rangeClosed(16, 25).boxed().toList());
  }

  @Test
  void aBusListenerSeesTheGapToo() {
    Channel channel = channel("gap", 10);
    hub.ask("x", new JsonObject("{\"v\":\"r\",\"r\":\"l\"}"));
    broadcast(channel, 1, 12);
    Consumer consumer = new Consumer(hub.vertx, "x", "l", true);
    hub.ask("x", new JsonObject("{\"v\":\"l\",\"r\":\"l\"}"));
    List<JsonObject> bodies = consumer.bodies(11);
    assertGap(bodies.get(0), 1, 2, 2, "overflow");
    assertThat(consumer.data(11).subList(1, 11))
        .isEqualTo(IntStream.rangeClosed(3, 12).boxed().toList());
  }

  @Test
  void whoReadsInTimeMissesNothingWhileAnotherLags() {
    Channel channel = channel("gap", 10);
    MessageQueueListener lagging = started(channel);
    MessageQueueListener reading = started(channel);
    for (int i = 1; i <= 100; i++) {
      broadcast(channel, i, i);
      assertThat(Hub.await(channel.deliverNext(reading.id())).payload()).isEqualTo(i);
    }
    Message first = Hub.await(channel.deliverNext(lagging.id()));
    assertThat(first.type()).isEqualTo(Message.GAP);
    assertThat(((JsonObject) first.payload()).getLong("missed")).isEqualTo(90);
  }

  @Test
  void underRejectPublishersAreRefusedUntilSomebodyHasRead() {
    Channel channel = channel("reject", 10);
    MessageQueueListener listener = started(channel);
    broadcast(channel, 1, 10);
    assertThat(Hub.failure(channel.broadcast(Message.of("t", 11))))
        .isInstanceOf(LogFullException.class);
    var refused = hub.refused("x", new JsonObject("{\"v\":\"b\",\"t\":\"t\"}"));
    assertThat(refused.failureCode()).isEqualTo(429);
    assertThat(refused.getMessage()).startsWith("LogFullException('");
    for (int i = 1; i <= 10; i++) {
      assertThat(Hub.await(channel.deliverNext(listener.id())).payload()).isEqualTo(i);
    }
    broadcast(channel, 11, 20);
    assertThat(Hub.await(channel.deliverNext(listener.id())).payload()).isEqualTo(11);
  }

  @Test
  void underRejectAChannelThatEverybodyHasReadIsNeverFull() {
    Channel channel = channel("reject", 10);
    broadcast(channel, 1, 50);
    MessageQueueListener listener = started(channel);
    for (int i = 51; i <= 100; i++) {
      broadcast(channel, i, i);
      assertThat(Hub.await(channel.deliverNext(listener.id())).payload()).isEqualTo(i);
      Hub.await(channel.dispatch(listener.id(), Message.of("t", -i)));
      assertThat(Hub.await(channel.deliverNext(listener.id())).payload()).isEqualTo(-i);
    }
  }

  @Test
  void oneListenersOwnDispatchesUseAtMostHalfOfTheLimit() {
    Channel channel = channel("reject", 10);
    MessageQueueListener listener = started(channel);
    for (int i = 1; i <= 5; i++) {
      Hub.await(channel.dispatch(listener.id(), Message.of("t", i)));
    }
    assertThat(Hub.failure(channel.dispatch(listener.id(), Message.of("t", 6))))
        .isInstanceOf(LogFullException.class);
    broadcast(channel, 7, 11);
    for (int i : new int[] {1, 2, 3, 4, 5, 7}) {
      assertThat(Hub.await(channel.deliverNext(listener.id())).payload()).isEqualTo(i);
    }
  }

  @Test
  void underGapOneListenersDispatchesBeyondHalfDropItsOwnOldest() {
    Channel channel = channel("gap", 10);
    MessageQueueListener listener = started(channel);
    MessageQueueListener other = started(channel);
    broadcast(channel, 0, 0);
    for (int i = 1; i <= 8; i++) {
      Hub.await(channel.dispatch(listener.id(), Message.of("t", i)));
    }
    Received stream = new Received(channel.messageStream(listener));
    assertThat(stream.data(1)).startsWith(0);
    assertGap(stream.items(7).get(1), 2, 4, 3, "overflow");
    assertThat(stream.data(7).subList(2, 7)).containsExactly((Object) 4, 5, 6, 7, 8);
    assertThat(Hub.await(channel.deliverNext(other.id())).payload()).isEqualTo(0);
  }

  @Test
  void underDisconnectTheLaggingStreamEndsAndKeepsItsListener() {
    Channel channel = channel("disconnect", 10);
    MessageQueueListener listener = started(channel);
    broadcast(channel, 1, 1);
    var stream = channel.messageStream(listener);
    stream.pause();
    Received stuck = new Received(stream);
    until(() -> state(channel, listener.id()) == ListenerStatus.State.CATCHING_UP);
    broadcast(channel, 2, 30);
    stuck.untilEnd();
    until(() -> state(channel, listener.id()) == ListenerStatus.State.DETACHED);
    Received again = new Received(channel.messageStream(listener));
    assertGap(again.items(11).get(0), 1, 20, 20, "overflow");
    broadcast(channel, 31, 35);
    assertThat(again.data(16)).endsWith(34, 35);
  }

  @Test
  void underRemoveTheLaggingListenerIsRemovedAndOthersStay() {
    Channel channel = channel("remove", 10);
    MessageQueueListener lagging = started(channel);
    MessageQueueListener reading = started(channel);
    Received stream = new Received(channel.messageStream(reading));
    for (int i = 1; i <= 30; i++) {
      broadcast(channel, i, i);
      stream.data(i);
      long position = i;
      until(
          () ->
              Hub.await(channel.getConnections()).stream()
                  .anyMatch(
                      each ->
                          each.listener().equals(reading.id())
                              && each.position().sequence() == position));
    }
    assertThat(Hub.await(channel.getConnections()))
        .extracting(ListenerStatus::listener)
        .containsExactly(reading.id());
    assertThat(lagging.id()).isNotEqualTo(reading.id());
    assertThat(stream.data(30)).isEqualTo(IntStream.rangeClosed(1, 30).boxed().toList());
  }

  @Test
  void underRemoveAListenerThatReadsItsDispatchesIsNotRemoved() {
    Channel channel = channel("remove", 10);
    MessageQueueListener reading = started(channel);
    for (int i = 1; i <= 50; i++) {
      Hub.await(channel.dispatch(reading.id(), Message.of("t", i)));
      assertThat(Hub.await(channel.deliverNext(reading.id())).payload()).isEqualTo(i);
    }
  }

  @Test
  void underWaitASlowReaderLosesNothingHoweverMuchIsPublishedAtOnce() {
    Channel channel = hub.channel("x", underWait(60_000, "messages", 300));
    MessageQueueListener listener = started(channel);
    Received stream = new Received(channel.messageStream(listener));
    until(() -> ChannelProbe.waiting(channel) == 1);
    List<Future<JsonObject>> published = new ArrayList<>();
    for (int i = 1; i <= 5_000; i++) {
      published.add(
          hub.request("eric.channel.x", new JsonObject().put("v", "b").put("t", "t").put("p", i)));
    }
    Hub.await(Future.all(published));
    assertThat(stream.data(5_000)).isEqualTo(IntStream.rangeClosed(1, 5_000).boxed().toList());
    List<Future<String>> dispatched = new ArrayList<>();
    for (int i = 1; i <= 1_000; i++) {
      dispatched.add(channel.dispatch(listener.id(), Message.of("t", i)));
    }
    Hub.await(Future.all(dispatched));
    assertThat(stream.data(6_000).subList(5_000, 6_000))
        .isEqualTo(IntStream.rangeClosed(1, 1_000).boxed().toList());
  }

  /** The mean size of the batch says nothing about the large message at its head. */
  @Test
  void underWaitASlowReaderLosesNothingToABatchOfUnequalSizes() {
    assertThatAllArriveAfter45Of100Kilobytes(
        Stream.concat(
            Stream.of("z".repeat(60_000)), Stream.generate(() -> "s".repeat(100)).limit(100)));
  }

  @Test
  void underWaitAMessageAsLargeAsTheLogWaitsUntilTheReaderHasRead() {
    assertThatAllArriveAfter45Of100Kilobytes(Stream.of("z".repeat(99_000)));
  }

  /** The mean size of a log with a history of small messages says nothing about the unread ones. */
  @Test
  void underWaitASlowReaderLosesNoLargeMessagesAfterManySmallOnes() {
    Channel channel =
        hub.channel(
            "x",
            underWait(60_000, "bytes", 100_000)
                .put("history", new JsonObject().put("messages", 1_000)));
    MessageQueueListener listener = started(channel);
    var stream = channel.messageStream(listener);
    Received received = new Received(stream);
    until(() -> state(channel, listener.id()) != ListenerStatus.State.DETACHED);
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(i);
      Hub.await(channel.broadcast(Message.of("t", i)));
    }
    received.data(200);
    stream.pause();
    List<Command.Publish> batch = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      all.add(i + "y".repeat(20_000));
      Hub.await(channel.broadcast(Message.of("t", all.get(200 + i))));
    }
    for (int i = 0; i < 20; i++) {
      all.add(i + "z".repeat(20_000));
      batch.add(new Command.Publish("x", null, "t", Payload.of(all.get(202 + i)), null, null));
    }
    Future<?> answer = new BusClient(hub.vertx).publish("x", batch);
    until(() -> ChannelProbe.heldAcknowledgements(channel) > 0);

    stream.resume();

    Hub.await(answer);
    assertThat(received.data(all.size())).isEqualTo(all);
  }

  private void assertThatAllArriveAfter45Of100Kilobytes(Stream<String> published) {
    Channel channel = hub.channel("x", underWait(60_000, "bytes", 100_000));
    Received received = standingStill(channel);
    List<String> payloads = new ArrayList<>(List.of("y".repeat(45_000)));
    Hub.await(channel.broadcast(Message.of("t", payloads.get(0))));
    List<Command.Publish> batch = new ArrayList<>();
    published.forEach(
        payload -> {
          payloads.add(payload);
          batch.add(new Command.Publish("x", null, "t", Payload.of(payload), null, null));
        });
    Future<?> answer = new BusClient(hub.vertx).publish("x", batch);
    until(() -> ChannelProbe.heldAcknowledgements(channel) > 0);
    assertThat(ChannelProbe.kept(channel)).isEqualTo(1);

    stream.resume();

    Hub.await(answer);
    assertThat(received.data(payloads.size())).isEqualTo(payloads);
  }

  @Test
  void underWaitAKeyedPublishThatWaitsTakesOneMessagesRoomAndIsNotRepeated() {
    Channel channel = fullOfUnread(6);
    BusClient client = new BusClient(hub.vertx, new PublishTimeouts(100, 1_000));
    Future<Published> keyed =
        client.publish(
            "x", List.of(new Command.Publish("x", null, "t", Payload.of(5), "key", null)));
    // Some publisher repeats it more often than there is room.
    JsonObject repeat = new JsonObject().put("v", "b").put("t", "t").put("p", 5).put("key", "key");
    Hub.await(channel.getConnections());
    List<Future<JsonObject>> repeats = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      repeats.add(hub.request("eric.channel.x", repeat));
    }
    Future<String> another = channel.broadcast(Message.of("t", 6));
    Hub.await(channel.getConnections());
    assertThat(another.isComplete()).isFalse();
    Hub.await(hub.vertx.timer(1_500, TimeUnit.MILLISECONDS)); // longer than a publish may take
    assertThat(Meters.of(hub.vertx).get(CounterName.ATTEMPTS_REPEATED)).isZero();
    assertThat(keyed.isComplete()).isFalse();

    stream.resume();

    assertThat(Hub.await(keyed).outcomes().get(0).sequence()).isEqualTo(5);
    assertThat(Hub.await(another)).endsWith("-6");
    for (Future<JsonObject> each : repeats) {
      assertThat(Hub.await(each).getString("id")).endsWith("-5");
    }
  }

  @Test
  void underWaitARefusalDoesNotWaitForReaders() {
    Channel channel = fullOfUnread(6);
    int held = ChannelProbe.heldAcknowledgements(channel);
    assertThat(hub.refused("x", new JsonObject("{\"v\":\"d\",\"r\":\"nosuch\",\"t\":\"t\"}")))
        .hasMessageContaining("nosuch");
    Command.Publish refused = new Command.Publish("x", "nosuch", "t", Payload.NULL, null, null);
    Command.Publish good = new Command.Publish("x", null, "t", Payload.NULL, null, null);
    BusClient client = new BusClient(hub.vertx);
    Future<Published> mixed = client.publish("x", List.of(refused, good));
    Hub.await(client.publish("x", List.of(refused, refused)));
    assertThat(mixed.isComplete()).isFalse();
    assertThat(ChannelProbe.heldAcknowledgements(channel)).isEqualTo(held + 1);

    stream.resume();

    assertThat(Hub.await(mixed).outcomes()).extracting(Outcome::sequence).containsExactly(0L, 5L);
  }

  /** Four unread messages fill the log. */
  private Channel fullOfUnread(int inFlight) {
    Channel channel =
        hub.channel("x", underWait(60_000, "messages", 4).put("inFlightMessages", inFlight));
    standingStill(channel);
    for (int i = 1; i <= 4; i++) {
      channel.broadcast(Message.of("t", i));
    }
    until(() -> ChannelProbe.kept(channel) == 4);
    return channel;
  }

  @Test
  void underWaitAChannelMayBeRemovedWhilePublishersWait() {
    Channel channel = hub.channel("x", underWait(60_000, "messages", 10));
    Hub.await(channel.registerListener(new MessageQueueListener("me")));
    new Consumer(hub.vertx, "x", "me", false);
    hub.ask("x", new JsonObject("{\"v\":\"l\",\"r\":\"me\"}"));
    List<Future<String>> published = new ArrayList<>();
    for (int i = 1; i <= 30; i++) {
      published.add(channel.broadcast(Message.of("t", i)));
    }
    until(() -> ChannelProbe.heldAcknowledgements(channel) > 0 && ChannelProbe.kept(channel) >= 10);
    assertThat(ChannelProbe.kept(channel)).isEqualTo(10);
    assertThat(hub.ask("x", new JsonObject("{\"v\":\"rc\"}")).getString("result")).isEqualTo("ack");
    assertThat(Hub.failure(published.get(29))).isInstanceOf(UnavailableException.class);
    assertThat(Hub.await(published.get(9))).isNotEmpty();
  }

  @Test
  void underWaitAReaderThatDoesNotAdvanceIsHandledAsUnderGap() {
    Channel channel = hub.channel("x", underWait(20, "messages", 10));
    Received stuck = standingStill(channel);
    broadcast(channel, 1, 30);
    stream.resume();
    List<JsonObject> items = stuck.items(2);
    until(() -> stuck.items(2).get(stuck.count() - 1).getValue("data").equals(30));
    assertThat(items).isNotEmpty();
    assertThat(stuck.events(2)).contains("_eric_gap");
  }

  @Test
  void historyKeepsWhatEverybodyHasReadForResume() {
    Channel channel =
        hub.channel("x", new JsonObject().put("history", new JsonObject().put("messages", 5)));
    hub.ask("x", new JsonObject("{\"v\":\"r\",\"r\":\"l\"}"));
    Consumer consumer = new Consumer(hub.vertx, "x", "l", true);
    hub.ask("x", new JsonObject("{\"v\":\"l\",\"r\":\"l\"}"));
    String first = Hub.await(channel.broadcast(Message.of("t", 1)));
    broadcast(channel, 2, 20);
    consumer.data(20);
    until(() -> ChannelProbe.kept(channel) == 5);
    hub.ask("x", new JsonObject("{\"v\":\"l\",\"r\":\"l\"}").put("after", first));
    assertGap(consumer.bodies(26).get(20), 2, 15, 14, "expired");
    assertThat(consumer.data(26).subList(21, 26)).containsExactly((Object) 16, 17, 18, 19, 20);
  }

  @Test
  void messagesOlderThanTheirTimeToLiveAreGoneReadOrNot() {
    Channel channel = hub.channel("x", new JsonObject().put("messageTtl", 30));
    MessageQueueListener listener = started(channel);
    broadcast(channel, 1, 3);
    until(() -> ChannelProbe.kept(channel) == 0);
    Received stream = new Received(channel.messageStream(listener));
    assertGap(stream.items(1).get(0), 1, 3, 3, "expired");
    broadcast(channel, 4, 4);
    assertThat(stream.data(2)).endsWith(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"another-2", "no position", "-5", ""})
  void anUnusablePositionGoesOnAtTheOldestKeptButNeverBeforeTheListenersCreation(String after) {
    Channel channel = hub.channel("x");
    broadcast(channel, 1, 3);
    hub.ask("x", new JsonObject("{\"v\":\"r\",\"r\":\"l\"}"));
    broadcast(channel, 4, 5);
    Consumer consumer = new Consumer(hub.vertx, "x", "l", true);
    hub.ask("x", new JsonObject("{\"v\":\"l\",\"r\":\"l\"}").put("after", after));
    List<JsonObject> bodies = consumer.bodies(3);
    assertThat(bodies.get(0).getString("event")).isEqualTo("_eric_gap");
    JsonObject gap = bodies.get(0).getJsonObject("data");
    assertThat(gap.getString("reason")).isEqualTo("epoch");
    assertThat(gap.getValue("missed")).isNull();
    assertThat(consumer.data(3).subList(1, 3)).containsExactly((Object) 4, 5);
  }

  @Test
  void aPositionBeforeTheListenersCreationGoesOnAtItsCreation() {
    Channel channel = hub.channel("x");
    String first = Hub.await(channel.broadcast(Message.of("t", 1)));
    broadcast(channel, 2, 3);
    hub.ask("x", new JsonObject("{\"v\":\"r\",\"r\":\"l\"}"));
    broadcast(channel, 4, 5);
    Consumer consumer = new Consumer(hub.vertx, "x", "l", true);
    hub.ask("x", new JsonObject("{\"v\":\"l\",\"r\":\"l\"}").put("after", first));
    broadcast(channel, 6, 6);
    assertThat(consumer.data(3)).containsExactly(4, 5, 6);
  }
}
