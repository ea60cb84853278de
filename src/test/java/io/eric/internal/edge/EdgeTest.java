package io.eric.internal.edge;

import static io.eric.testing.Hub.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Channel;
import io.eric.InvalidChannelException;
import io.eric.InvalidListenerException;
import io.eric.ListenerStatus.State;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.Payload;
import io.eric.UnavailableException;
import io.eric.channel.ChannelProbe;
import io.eric.internal.client.ChannelDirectory;
import io.eric.internal.protocol.Command;
import io.eric.options.DataProcessingChannelOptions;
import io.eric.options.EdgeOptions;
import io.eric.testing.Hub;
import io.eric.work.DataProcessingChannel;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An edge between a real channel and connections that the test controls. */
class EdgeTest {

  /** Nothing happens by time unless a test asks for it. */
  private static EdgeOptions patient() {
    return new EdgeOptions()
        .setHeartbeat(0)
        .setStreamMaxAge(0)
        .setLagTime(600_000)
        .setWriteDeadline(600_000);
  }

  private Hub hub;
  private Channel channel;
  private EdgeUser user;

  @BeforeEach
  void start() {
    hub = Hub.start();
    channel = hub.channel("x");
    user = new EdgeUser(hub, patient());
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private void listener(String id) {
    hub.ask("x", new JsonObject().put("v", "r").put("r", id));
  }

  private State state(String id) {
    return Hub.await(channel.getConnections()).stream()
        .filter(connection -> connection.listener().equals(id))
        .findFirst()
        .orElseThrow()
        .state();
  }

  private String broadcast(Object payload) {
    return Hub.await(channel.broadcast(Message.of("t", payload)));
  }

  private String dispatch(String listener, Object payload) {
    return Hub.await(channel.dispatch(listener, Message.of("t", payload)));
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
  }

  // ---- the fast path

  @Test
  void liveStreamsAreWrittenTheSameBufferInOneWrite() {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      clients.add(user.open("x", null));
    }
    broadcast("hello");
    clients.forEach(client -> until(() -> client.payloads().size() == 1));
    assertThat(clients)
        .allSatisfy(
            client -> {
              assertThat(client.writes()).hasSize(1);
              assertThat(client.writes().get(0)).isSameAs(clients.get(0).writes().get(0));
            });
  }

  @Test
  void aConnectionThatFailsInAWriteTakesItsOwnStreamsAlongAndNoOthers() {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      clients.add(user.open("x", null));
    }
    // As with HTTP/2: writing to one of a connection's streams closes all of them.
    List<Client> connection =
        List.of(clients.get(0), clients.get(3), clients.get(5), clients.get(11));
    for (Client each : connection) {
      each.breakDown();
      each.beforeWrite(() -> connection.forEach(other -> other.stream.lost()));
    }
    broadcast(1);
    broadcast(2);
    List<Client> others = new ArrayList<>(clients);
    others.removeAll(connection);
    others.forEach(client -> until(() -> client.payloads().size() >= 2));
    assertThat(others)
        .allSatisfy(client -> assertThat(client.payloads()).containsExactly("1", "2"));
    assertThat(connection).allSatisfy(client -> assertThat(client.payloads()).isEmpty());
  }

  @Test
  void whatComesWithinOneTurnGoesOutInOneWrite() {
    Client one = user.open("x", null);
    Client two = user.open("x", null);
    // While the edge is busy, deliveries queue up for its next turn.
    List<Future<String>> published = new ArrayList<>();
    user.run(
        () -> {
          for (int i = 1; i <= 50; i++) {
            published.add(channel.broadcast(Message.of("t", i)));
          }
          published.forEach(
              each -> {
                while (!each.isComplete() && ChannelProbe.kept(channel) < 50) {
                  Thread.onSpinWait();
                }
              });
        });
    until(() -> two.payloads().size() == 50);
    assertThat(one.payloads()).isEqualTo(numbers(1, 50));
    assertThat(one.writes().size()).isLessThan(10);
    assertThat(two.writes()).hasSameSizeAs(one.writes());
    for (int i = 0; i < one.writes().size(); i++) {
      assertThat(one.writes().get(i)).isSameAs(two.writes().get(i));
    }
  }

  @Test
  void whatComesWithinOneTurnOfALoopThatTheChannelSharesGoesOutInOneWrite() {
    ChannelDirectory channels = new ChannelDirectory(hub.vertx);
    EdgeUser near = onTheLoopOf(channels, "x");
    Client client = near.open("x", null);
    for (int round = 1; round <= 3; round++) { // the second one finds all acknowledged
      near.run(
          () -> {
            for (int i = 1; i <= 50; i++) {
              Command.Publish message =
                  new Command.Publish("x", null, "t", Payload.of(i), null, null);
              assertThat(channels.publishAtOnce("x", List.of(message))).isNotNull();
            }
          });
      int sent = 50 * round;
      until(() -> client.payloads().size() == sent);
      assertThat(client.writes()).hasSize(round);
    }
  }

  /** Contexts are spread over the loops in turn, so one of the next is on the channel's. */
  private EdgeUser onTheLoopOf(ChannelDirectory channels, String channelId) {
    for (int i = 0; i < 64; i++) {
      EdgeUser next = new EdgeUser(hub, patient());
      AtomicBoolean near = new AtomicBoolean();
      next.run(() -> near.set(channels.publishAtOnce(channelId, List.of()) != null));
      if (near.get()) {
        return next;
      }
    }
    throw new AssertionError("no context on the loop of channel " + channelId);
  }

  @Test
  void aDispatchIsWrittenToItsStreamOnlyAndInOrderWithBroadcasts() {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      listener("l" + i);
      clients.add(user.open("x", "l" + i));
    }
    until(() -> state("l9") == State.LIVE);
    dispatch("l3", "\"mine\"");
    until(() -> clients.get(3).writes().size() == 1);
    for (int i = 0; i < 10; i++) {
      assertThat(clients.get(i).writes()).hasSize(i == 3 ? 1 : 0);
    }
    List<Future<String>> all = new ArrayList<>();
    all.add(channel.broadcast(Message.of("t", 1)));
    all.add(channel.dispatch("l3", Message.of("t", 2)));
    all.add(channel.broadcast(Message.of("t", 3)));
    all.add(channel.dispatch("l4", Message.of("t", 4)));
    all.add(channel.broadcast(Message.of("t", 5)));
    Hub.await(Future.all(all));
    until(() -> clients.get(9).payloads().size() == 3);
    assertThat(clients.get(3).payloads()).endsWith("1", "2", "3", "5").hasSize(5);
    assertThat(clients.get(4).payloads()).containsExactly("1", "3", "4", "5");
    assertThat(clients.get(5).payloads()).containsExactly("1", "3", "5");
  }

  @Test
  void whatWasQueuedComesFirstAndThenTheStreamIsLive() {
    listener("l");
    IntStream.rangeClosed(1, 3000).forEach(this::broadcast);
    Client client = user.open("x", "l");
    until(() -> client.payloads().size() == 3000);
    until(() -> state("l") == State.LIVE);
    broadcast(3001);
    until(() -> client.payloads().size() == 3001);
    assertThat(client.payloads()).isEqualTo(numbers(1, 3001));
    assertThat(client.writes().size()).as("in batches").isLessThan(100);
  }

  // ---- lagging

  @Test
  void aStreamWhoseSocketIsFullIsDemotedAloneAndCatchesUpInBatches() {
    listener("slow");
    listener("fast");
    Client slow = user.open("x", "slow");
    Client fast = user.open("x", "fast");
    until(() -> state("slow") == State.LIVE && state("fast") == State.LIVE);
    user.run(slow::fill);
    IntStream.rangeClosed(1, 1000).forEach(this::broadcast);
    until(() -> fast.payloads().size() == 1000);
    assertThat(slow.payloads()).isEmpty();
    assertThat(slow.writes()).as("nothing piles up for it").hasSize(1);
    assertThat(state("slow")).isEqualTo(State.CATCHING_UP);
    assertThat(state("fast")).isEqualTo(State.LIVE);
    user.run(slow::drain);
    until(() -> slow.payloads().size() == 1000);
    assertThat(slow.payloads()).isEqualTo(numbers(1, 1000));
    assertThat(slow.writes().size()).isLessThan(20);
    until(() -> state("slow") == State.LIVE);
    broadcast(1001);
    until(() -> slow.payloads().size() == 1001 && fast.payloads().size() == 1001);
    assertThat(slow.writes().get(slow.writes().size() - 1))
        .isSameAs(fast.writes().get(fast.writes().size() - 1));
  }

  @Test
  void aStreamThatLeavesMoreThan64MessagesUnwrittenIsDemoted() {
    listener("l");
    Client slow = user.open("x", "l");
    until(() -> state("l") == State.LIVE);
    user.run(slow::stall);
    IntStream.rangeClosed(1, 64).forEach(this::broadcast);
    until(
        () ->
            String.join("", slow.writes().stream().map(Object::toString).toList())
                .contains(" 64\n"));
    assertThat(state("l")).isEqualTo(State.LIVE);
    broadcast(65);
    until(() -> state("l") == State.CATCHING_UP);
    IntStream.rangeClosed(66, 200).forEach(this::broadcast);
    user.run(slow::drain);
    until(() -> slow.payloads().size() == 200);
    assertThat(slow.payloads()).isEqualTo(numbers(1, 200));
  }

  @Test
  void aStreamThatIsAlwaysALittleBehindButKeepsPaceStaysLive() {
    listener("l");
    Client client = user.open("x", "l");
    until(() -> state("l") == State.LIVE);
    user.run(client::stall);
    for (int i = 1; i <= 500; i++) {
      broadcast(i);
      int count = i;
      until(() -> client.writes().size() >= count);
      if (i > 2) {
        user.run(() -> client.take(1));
      }
    }
    assertThat(state("l")).isEqualTo(State.LIVE);
    assertThat(client.writes()).hasSize(500);
  }

  @Test
  void aStreamThatLagsForTooLongIsDemotedByTime() {
    EdgeUser strict = new EdgeUser(hub, patient().setLagTime(20));
    listener("l");
    Client client = strict.open("x", "l");
    until(() -> state("l") == State.LIVE);
    strict.run(client::stall);
    broadcast(1);
    until(() -> state("l") == State.CATCHING_UP);
    broadcast(2);
    strict.run(client::drain);
    until(() -> client.payloads().size() == 2);
    until(() -> state("l") == State.LIVE);
  }

  // ---- flow control

  @Test
  void publishersAreHeldBackWhileAHealthyEdgeLagsAndLetGoWhenItCatchesUp() {
    Channel narrow =
        hub.channel(
            "narrow", new JsonObject().put("windowMessages", 4).put("publishStall", 600_000));
    Client client = user.open("narrow", null);
    user.run(client::stall);
    List<Future<String>> published = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      published.add(narrow.broadcast(Message.of("t", i)));
      int number = i;
      until(() -> client.writes().size() == number); // each was sent before the next one comes
    }
    until(() -> ChannelProbe.heldAcknowledgements(narrow) == 5);
    assertThat(published.get(9).isComplete()).isFalse();
    user.run(client::drain);
    Hub.await(Future.all(published));
    until(() -> client.payloads().size() == 10);
  }

  @Test
  void publishersAreLetGoAfterPublishStallWhateverTheEdgeDoes() {
    Channel narrow =
        hub.channel("narrow", new JsonObject().put("windowMessages", 4).put("publishStall", 30));
    Client client = user.open("narrow", null);
    user.run(client::stall);
    List<Future<String>> published = new ArrayList<>();
    for (int i = 1; i <= 30; i++) {
      published.add(narrow.broadcast(Message.of("t", i)));
    }
    Hub.await(Future.all(published));
    assertThat(client.payloads()).isEmpty();
    user.run(client::drain);
    until(() -> client.payloads().size() == 30);
  }

  @Test
  void aSlowClientAmongFastOnesDoesNotHoldPublishersBack() {
    Channel narrow =
        hub.channel(
            "narrow", new JsonObject().put("windowMessages", 4).put("publishStall", 600_000));
    Client slow = user.open("narrow", null);
    user.open("narrow", null);
    user.run(slow::fill);
    for (int i = 1; i <= 100; i++) {
      Hub.await(narrow.broadcast(Message.of("t", i)));
    }
    user.run(slow::drain);
    until(() -> slow.payloads().size() == 100);
  }

  // ---- life

  @Test
  void anIdleStreamGetsHeartbeats() {
    EdgeUser beating = new EdgeUser(hub, patient().setHeartbeat(20));
    Client client = beating.open("x", null);
    until(() -> client.beats() >= 3);
    assertThat(client.lines()).isEmpty();
    broadcast(1);
    until(() -> client.payloads().size() == 1);
  }

  @Test
  void heartbeatsNeverMoveWhereAListenerStands() {
    EdgeUser beating = new EdgeUser(hub, patient().setHeartbeat(20).setLagTime(600_000));
    listener("l");
    listener("other");
    Client client = beating.open("x", "l");
    Client other = beating.open("x", "other");
    until(() -> state("l") == State.LIVE && state("other") == State.LIVE);
    broadcast(1);
    until(() -> client.payloads().size() == 1);
    for (int i = 0; i < 50; i++) {
      dispatch("other", i);
    }
    until(() -> other.payloads().size() == 51);
    beating.run(client::stall);
    until(
        () ->
            client.writes().size() > 1
                && client.writes().get(client.writes().size() - 1).length() == 2);
    beating.run(() -> client.stream.lost());
    until(() -> state("l") == State.DETACHED);
    Client next = beating.open("x", "l");
    broadcast(2);
    until(() -> !next.payloads().isEmpty());
    assertThat(next.payloads()).containsExactly("2");
  }

  @Test
  void aClientThatDoesNotReadIsAbortedAfterTheDeadlineAndLosesNothing() {
    EdgeUser strict = new EdgeUser(hub, patient().setWriteDeadline(50));
    listener("l");
    Client client = strict.open("x", "l");
    until(() -> state("l") == State.LIVE);
    broadcast(1);
    until(() -> client.payloads().size() == 1);
    strict.run(client::stall);
    broadcast(2);
    until(client::isAborted);
    until(() -> state("l") == State.DETACHED);
    assertThat(strict.edge.streams()).isZero();
    Client next = strict.open("x", "l");
    until(() -> next.payloads().equals(List.of("2")));
  }

  @Test
  void aClientThatDoesNotReadItsEndIsAbortedToo() {
    EdgeUser strict = new EdgeUser(hub, patient().setWriteDeadline(50));
    listener("l");
    Client stuck = strict.open("x", "l");
    until(() -> state("l") == State.LIVE);
    strict.run(stuck::stall);
    broadcast(1);
    Client next = user.open("x", "l");
    until(() -> next.payloads().equals(List.of("1")));
    until(stuck::isAborted);
  }

  @Test
  void aStreamEndsAtItsMaximumAge() {
    EdgeUser ageing = new EdgeUser(hub, patient().setStreamMaxAge(50));
    listener("l");
    Client client = ageing.open("x", "l");
    until(client::isOver);
    until(() -> state("l") == State.DETACHED);
    assertThat(client.isAborted()).isFalse();
    broadcast(1);
    Client next = user.open("x", "l");
    until(() -> next.payloads().equals(List.of("1")));
  }

  @Test
  void aWriteThatFailsDetachesAndTheMessageIsNotLost() {
    listener("l");
    Client client = user.open("x", "l");
    until(() -> state("l") == State.LIVE);
    broadcast(1);
    until(() -> client.payloads().size() == 1);
    user.run(client::breakDown);
    broadcast(2);
    until(() -> state("l") == State.DETACHED);
    broadcast(3);
    Client next = user.open("x", "l");
    until(() -> next.payloads().equals(List.of("2", "3")));
    assertThat(client.isOver()).isTrue();
  }

  @Test
  void aTakeoverTellsTheLoserToStayAway() {
    listener("l");
    Client old = user.open("x", "l");
    broadcast(1);
    until(() -> old.payloads().size() == 1);
    Client winner = user.open("x", "l");
    assertThat(old.text()).endsWith("! _eric_taken_over 60000\n");
    assertThat(old.isOver()).isTrue();
    broadcast(2);
    until(() -> winner.payloads().equals(List.of("2")));
    assertThat(old.payloads()).containsExactly("1");
    assertThat(user.edge.streams()).isEqualTo(1);
  }

  @Test
  void aTakeoverWorksAcrossEdgesAndWithAStuckLoser() {
    listener("l");
    EdgeUser other = new EdgeUser(hub, patient());
    Client old = user.open("x", "l");
    until(() -> state("l") == State.LIVE);
    user.run(old::stall);
    broadcast(1);
    Client winner = other.open("x", "l");
    until(() -> winner.payloads().equals(List.of("1")));
    broadcast(2);
    until(() -> winner.payloads().equals(List.of("1", "2")));
    assertThat(user.edge.streams()).isZero();
    assertThat(other.edge.streams()).isEqualTo(1);
  }

  @Test
  void whoIsTakenOverBeforeItsHeadIsOutIsToldToo() {
    listener("l");
    EdgeStream first = user.await(() -> user.edge.open("x", "l", null).whenAttached());
    Client winner = user.open("x", "l");
    Client late = new Client();
    user.run(() -> first.begin(late));
    assertThat(late.text()).isEqualTo("! _eric_taken_over 60000\n");
    assertThat(late.isOver()).isTrue();
    broadcast(1);
    until(() -> winner.payloads().equals(List.of("1")));
  }

  @Test
  void deliveriesBetweenOpeningAndBeginningAreNotLost() {
    listener("l");
    broadcast(1);
    EdgeStream stream = user.await(() -> user.edge.open("x", "l", null).whenAttached());
    user.open("x", null); // somebody whose deliveries pass by
    broadcast(2);
    broadcast(3);
    Client client = new Client();
    user.run(() -> stream.begin(client));
    until(() -> client.payloads().size() == 3);
    assertThat(client.payloads()).containsExactly("1", "2", "3");
  }

  @Test
  void deliveriesBetweenOpeningAndBeginningStayInALogWithoutHistory() {
    hub.channel("bare", new JsonObject().put("history", new JsonObject().put("messages", 0)));
    hub.ask("bare", new JsonObject().put("v", "r").put("r", "l"));
    Channel bare = hub.channels.get("bare");
    EdgeStream stream = user.await(() -> user.edge.open("bare", "l", null).whenAttached());
    Client other = user.open("bare", null);
    for (int i = 1; i <= 20; i++) {
      Hub.await(bare.broadcast(Message.of("t", i)));
    }
    until(() -> other.payloads().size() == 20);
    Client client = new Client();
    user.run(() -> stream.begin(client));
    until(() -> client.lines().size() >= 20);
    assertThat(client.payloads()).isEqualTo(numbers(1, 20));
  }

  @Test
  void aStreamLostBeforeItBeganKeepsItsMessagesEvenWithoutHistory() {
    hub.channel("bare", new JsonObject().put("history", new JsonObject().put("messages", 0)));
    hub.ask("bare", new JsonObject().put("v", "r").put("r", "l"));
    Channel bare = hub.channels.get("bare");
    for (int i = 1; i <= 5; i++) {
      Hub.await(bare.broadcast(Message.of("t", i)));
    }
    EdgeStream stream = user.await(() -> user.edge.open("bare", "l", null).whenAttached());
    Hub.await(bare.broadcast(Message.of("t", 6)));
    user.run(stream::lost);
    Client client = user.open("bare", "l");
    until(() -> client.lines().size() >= 6);
    assertThat(client.payloads()).isEqualTo(numbers(1, 6));
  }

  @Test
  void aStoppedListenersReconnectFindsNothingButAFreshConnectStartsItAgain() {
    listener("l");
    Client client = user.open("x", "l");
    String id = broadcast(1);
    until(() -> client.payloads().size() == 1);
    hub.ask("x", new JsonObject().put("v", "s").put("r", "l"));
    until(client::isOver); // the edge answers the channel before
    broadcast(2);
    EdgeStream refused = user.await(() -> user.edge.open("x", "l", id).whenAttached());
    assertThat(refused.isStopped()).isTrue();
    assertThat(user.edge.streams()).isZero();
    assertThat(state("l")).isEqualTo(State.STOPPED);
    Client again = user.open("x", "l");
    until(() -> again.payloads().equals(List.of("2")));
  }

  @Test
  void whatDoesNotExistIsRefusedAndLeavesNothing() {
    assertThat(Hub.failure(onEdge(() -> user.edge.open("none", "l", null).whenAttached())))
        .isInstanceOf(InvalidChannelException.class);
    assertThat(Hub.failure(onEdge(() -> user.edge.open("x", "none", null).whenAttached())))
        .isInstanceOf(InvalidListenerException.class);
    assertThat(user.edge.streams()).isZero();
    assertThat(user.edge.channels).isEmpty();
  }

  private <T> Future<T> onEdge(java.util.function.Supplier<Future<T>> action) {
    return user.await(() -> Future.succeededFuture(action.get()));
  }

  @Test
  void removingTheListenerEndsItsStream() {
    listener("l");
    Client client = user.open("x", "l");
    Hub.await(channel.removeListener("l"));
    // The edge answers the channel before it ends the stream.
    until(client::isOver);
    until(() -> user.edge.streams() == 0);
  }

  @Test
  void removingTheChannelEndsAllStreamsAndItsIdWorksAgain() {
    Client one = user.open("x", null);
    Client two = user.open("x", null);
    IntStream.rangeClosed(1, 5).forEach(this::broadcast);
    until(() -> two.payloads().size() == 5);
    Hub.await(hub.channels.rm("x"));
    // The edge answers the channel before it writes the last words.
    until(() -> one.text().endsWith("! _eric_channel_closed 0\n"));
    until(() -> two.text().endsWith("! _eric_channel_closed 0\n"));
    until(() -> user.edge.streams() == 0 && user.edge.channels.isEmpty());
    channel = hub.channel("x");
    Client again = user.open("x", null);
    broadcast("new");
    until(() -> again.payloads().equals(List.of("\"new\"")));
  }

  @Test
  void whenTheProducerHasNotifiedTheEndLiveStreamsEndAndLaterOnesToo() {
    var work = new DataProcessingChannel(new DataProcessingChannelOptions().setId("work"));
    Hub.await(hub.channels.register(work));
    Hub.await(work.registerListener(new MessageQueueListener("late")));
    Client live = user.open("work", null);
    Hub.await(work.broadcast(Message.of("t", 1)));
    Hub.await(work.notifyEnd());
    until(live::isOver);
    assertThat(live.text()).contains("_eric_channel_closed");
    Hub.await(work.broadcast(Message.of("t", "next")));
    Client late = user.open("work", "late");
    until(late::isOver);
    assertThat(late.text()).contains("_eric_channel_closed").doesNotContain("next");
    Client next = user.open("work", "late");
    until(() -> next.text().contains("next"));
  }

  @Test
  void aChannelMayBeRemovedWhileStreamsReadAndOpen() {
    for (int round = 0; round < 20; round++) {
      listener("l");
      IntStream.rangeClosed(1, 50).forEach(i -> channel.broadcast(Message.of("t", i)));
      List<Client> clients = new ArrayList<>();
      List<Future<EdgeStream>> opening = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        Client client = new Client();
        clients.add(client);
        user.run(() -> opening.add(user.opening(client, "x", "l", null)));
      }
      Hub.await(hub.channels.rm("x"));
      Hub.await(Future.join(opening).otherwiseEmpty());
      until(() -> user.edge.streams() == 0);
      for (int i = 0; i < 10; i++) {
        if (opening.get(i).succeeded()) {
          assertThat(clients.get(i).isOver()).isTrue();
        }
      }
      channel = hub.channel("x");
    }
    assertThat(user.edge.channels).isEmpty();
  }

  @Test
  void goodbyesAreSpreadAndNewStreamsRefused() {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      clients.add(user.open("x", null));
    }
    Future<Void> drained = onEdge(() -> user.edge.drain(200));
    assertThat(clients.get(9).isOver()).as("not all at once").isFalse();
    assertThat(Hub.failure(onEdge(() -> Future.future(p -> user.edge.open("x", null, null)))))
        .isInstanceOf(UnavailableException.class);
    Hub.await(drained);
    assertThat(clients)
        .allSatisfy(client -> assertThat(client.text()).matches("! _eric_goodbye [12]\\d{3}\n"));
    assertThat(user.edge.streams()).isZero();
    until(() -> ChannelProbe.listeners(channel) == 0);
  }

  @Test
  void closingDetachesEverything() {
    listener("l");
    Client client = user.open("x", "l");
    user.open("x", null);
    user.await(user.edge::close);
    assertThat(client.isOver()).isTrue();
    until(() -> state("l") == State.DETACHED);
    until(() -> ChannelProbe.edges(channel) == 0 && ChannelProbe.listeners(channel) == 1);
    user.await(user.edge::close);
  }

  @Test
  void closingWhileStreamsOpenLeavesNothingAttached() {
    listener("l");
    broadcast(1);
    List<Future<EdgeStream>> opening = new ArrayList<>();
    user.run(
        () -> {
          for (int i = 0; i < 20; i++) {
            opening.add(user.edge.open("x", i % 2 == 0 ? "l" : null, null).whenAttached());
          }
          user.edge.close();
        });
    Hub.await(Future.join(opening).otherwiseEmpty());
    until(() -> ChannelProbe.edges(channel) == 0 && ChannelProbe.listeners(channel) == 1);
    EdgeUser other = new EdgeUser(hub, patient());
    Client client = other.open("x", "l");
    until(() -> client.payloads().equals(List.of("1")));
  }

  @Test
  void aClientThatLeavesBeforeItsStreamIsAttachedHasNoneFromThenOn() {
    listener("l");
    Client stays = user.open("x", "l");
    EdgeUser other = new EdgeUser(hub, patient());
    Future<EdgeStream> opening =
        other.await(
            () -> {
              EdgeStream left = other.edge.open("x", "l", null);
              left.lost();
              assertThat(other.edge.streams()).isZero();
              return Future.succeededFuture(left.whenAttached());
            });
    Hub.await(opening.otherwiseEmpty());
    broadcast(1);
    until(() -> stays.payloads().equals(List.of("1")));
    assertThat(stays.isOver()).isFalse();
    until(() -> ChannelProbe.edges(channel) == 1);
  }

  @Test
  void clientsThatLeaveWhileTheyAreTakenOverLeaveNothingAttached() {
    listener("l");
    for (int round = 0; round < 50; round++) {
      List<Future<EdgeStream>> opening = new ArrayList<>();
      user.run(
          () -> {
            for (int i = 0; i < 5; i++) {
              opening.add(
                  user.edge.open("x", "l", null).whenAttached().onSuccess(EdgeStream::lost));
            }
          });
      Hub.await(Future.join(opening).otherwiseEmpty());
    }
    until(() -> state("l") == State.DETACHED);
    until(() -> ChannelProbe.edges(channel) == 0);
    assertThat(user.edge.streams()).isZero();
    assertThat(user.edge.channels).isEmpty();
  }

  @Test
  void thousandsOfWatchersComeAndGoAndLeaveNothing() {
    for (int round = 0; round < 10; round++) {
      List<EdgeStream> open = new ArrayList<>();
      List<Future<EdgeStream>> opening = new ArrayList<>();
      user.run(
          () -> {
            for (int i = 0; i < 300; i++) {
              opening.add(user.opening(new Client(), "x", null, null).onSuccess(open::add));
            }
          });
      broadcast(round);
      Hub.await(Future.join(opening));
      user.run(() -> open.forEach(EdgeStream::lost));
    }
    until(() -> ChannelProbe.listeners(channel) == 0 && ChannelProbe.edges(channel) == 0);
    assertThat(user.edge.streams()).isZero();
    assertThat(user.edge.channels).isEmpty();
    assertThat(user.edge.heartbeats.streams).isEmpty();
    broadcast("still works");
  }

  @Test
  void aDelayBetweenMessagesKeepsOrderAndLosesNothing() {
    hub.channel("slow", new JsonObject().put("streamDelay", 0.005));
    hub.ask("slow", new JsonObject().put("v", "r").put("r", "l"));
    Channel slow = hub.channels.get("slow");
    for (int i = 1; i <= 10; i++) {
      Hub.await(slow.broadcast(Message.of("t", i)));
    }
    Client client = user.open("slow", "l");
    until(() -> client.payloads().size() == 10);
    for (int i = 11; i <= 15; i++) {
      Hub.await(slow.broadcast(Message.of("t", i)));
    }
    until(() -> client.payloads().size() == 15);
    assertThat(client.payloads()).isEqualTo(numbers(1, 15));
    assertThat(client.writes()).hasSize(15);
  }
}
