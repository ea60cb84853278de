package io.eric.channel;

import static io.eric.testing.Hub.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.Channel;
import io.eric.InvalidChannelException;
import io.eric.InvalidListenerException;
import io.eric.InvalidMessageFormatException;
import io.eric.ListenerStatus;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.NoMessagesException;
import io.eric.PayloadTooLargeException;
import io.eric.RepositoryException;
import io.eric.UnavailableException;
import io.eric.options.SSEChannelOptions;
import io.eric.testing.Consumer;
import io.eric.testing.Hub;
import io.eric.testing.Received;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Section 6 of the contract: what an application in the same JVM sees. */
class ChannelApiTest {

  private Hub hub;
  private Channel channel;

  @BeforeEach
  void start() {
    hub = Hub.start();
    channel = hub.channel("x");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private String broadcast(Object payload) {
    return Hub.await(channel.broadcast(Message.of("t", payload)));
  }

  private MessageQueueListener started() {
    MessageQueueListener listener = Hub.await(channel.addListener());
    Hub.await(listener.start());
    return listener;
  }

  private Object next(MessageQueueListener listener) {
    return Hub.await(channel.deliverNext(listener.id())).payload();
  }

  private ListenerStatus connection(String id) {
    return Hub.await(channel.getConnections()).stream()
        .filter(each -> each.listener().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** A listener that sees its messages. */
  private static class Observer extends MessageQueueListener {
    final List<Object> seen = new CopyOnWriteArrayList<>();

    @Override
    public Future<Void> onMessage(Message message) {
      seen.add(message.payload());
      return Future.succeededFuture();
    }
  }

  @Nested
  class Taking {

    @Test
    void messagesAreTakenFirstInFirstOut() {
      MessageQueueListener listener = started();
      IntStream.rangeClosed(1, 20).forEach(ChannelApiTest.this::broadcast);
      for (int i = 1; i <= 20; i++) {
        assertThat(next(listener)).isEqualTo(i);
      }
    }

    @Test
    void aTakenMessageIsWhatWasSentWithItsPositionAndSender() {
      MessageQueueListener listener = started();
      String id =
          Hub.await(
              channel.dispatch(
                  listener.id(),
                  Message.of("greeting", new JsonObject().put("a", 1)).signedBy("me")));
      assertThat(Hub.await(channel.deliverNext(listener.id())))
          .isEqualTo(new Message("greeting", new JsonObject().put("a", 1), "me", id));
    }

    @Test
    void anEmptyQueueAStoppedListenerAndAnAttachedOneHaveNoMessages() {
      MessageQueueListener listener = Hub.await(channel.addListener());
      broadcast(1);
      assertThat(Hub.failure(channel.deliverNext(listener.id())))
          .isInstanceOf(NoMessagesException.class);
      Hub.await(listener.start());
      assertThat(next(listener)).isEqualTo(1);
      assertThat(Hub.failure(channel.deliverNext(listener.id())))
          .isInstanceOf(NoMessagesException.class);
      broadcast(2);
      Hub.await(listener.stop());
      assertThat(Hub.failure(channel.deliverNext(listener.id())))
          .isInstanceOf(NoMessagesException.class);
      Hub.await(listener.start());
      Received stream = new Received(channel.messageStream(listener));
      stream.data(1);
      assertThat(Hub.failure(channel.deliverNext(listener.id())))
          .isInstanceOf(NoMessagesException.class);
      assertThat(Hub.failure(channel.deliverNext("none")))
          .isInstanceOf(InvalidListenerException.class);
    }

    @Test
    void concurrentTakersGetEachMessageOnce() {
      MessageQueueListener listener = started();
      IntStream.rangeClosed(1, 50).forEach(ChannelApiTest.this::broadcast);
      List<Future<Message>> taken = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        taken.add(channel.deliverNext(listener.id()));
      }
      Hub.await(Future.all(taken));
      assertThat(taken.stream().map(each -> each.result().payload()))
          .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 50).boxed().toList());
    }

    @Test
    void onMessageRunsBeforeTheMessageIsGivenAndItsFailureKeepsTheMessage() {
      AtomicBoolean fails = new AtomicBoolean(true);
      Observer listener =
          new Observer() {
            @Override
            public Future<Void> onMessage(Message message) {
              super.onMessage(message);
              if (fails.get()) {
                throw new IllegalStateException("not today");
              }
              return Future.succeededFuture();
            }
          };
      Hub.await(channel.registerListener(listener));
      Hub.await(listener.start());
      broadcast(1);
      assertThat(Hub.failure(channel.deliverNext(listener.id())))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("not today");
      fails.set(false);
      assertThat(next(listener)).isEqualTo(1);
      assertThat(listener.seen).containsExactly(1, 1);
    }
  }

  @Nested
  class Streaming {

    @Test
    void aStreamShowsEventRetryDataAndId() {
      MessageQueueListener listener = started();
      String id = Hub.await(channel.broadcast(Message.of("greeting", "hi")));
      Received stream = new Received(channel.messageStream(listener));
      assertThat(stream.items(1).get(0))
          .isEqualTo(
              new JsonObject()
                  .put("event", "greeting")
                  .put("retry", 5)
                  .put("data", "hi")
                  .put("id", id));
    }

    @Test
    void queuedMessagesComeFirstThenNewOnesInOrder() {
      MessageQueueListener listener = started();
      IntStream.rangeClosed(1, 600).forEach(ChannelApiTest.this::broadcast);
      Received stream = new Received(channel.messageStream(listener));
      IntStream.rangeClosed(601, 700).forEach(ChannelApiTest.this::broadcast);
      assertThat(stream.data(700)).isEqualTo(IntStream.rangeClosed(1, 700).boxed().toList());
    }

    @Test
    void aStoppedListenersStreamYieldsNothingAndEnds() {
      MessageQueueListener listener = Hub.await(channel.addListener());
      broadcast(1);
      assertThat(new Received(channel.messageStream(listener)).untilEnd()).isEmpty();
    }

    @Test
    void stoppingEndsTheStreamAndStartingGoesOnWhereItWas() {
      MessageQueueListener listener = started();
      Received stream = new Received(channel.messageStream(listener));
      broadcast(1);
      stream.data(1);
      Hub.await(listener.stop());
      stream.untilEnd();
      broadcast(2);
      assertThat(listener.isRunning()).isFalse();
      Hub.await(listener.start());
      assertThat(new Received(channel.messageStream(listener)).data(1)).containsExactly(2);
      assertThat(stream.count()).isEqualTo(1);
    }

    @Test
    void theMessageThatStopsAListenerIsItselfStillDelivered() {
      Observer listener =
          new Observer() {
            @Override
            public Future<Void> onMessage(Message message) {
              super.onMessage(message);
              return "stop".equals(message.payload()) ? stop() : Future.succeededFuture();
            }
          };
      Hub.await(channel.registerListener(listener));
      Hub.await(listener.start());
      List.of("hello", "stop", "more").forEach(ChannelApiTest.this::broadcast);
      Received stream = new Received(channel.messageStream(listener));
      assertThat(stream.untilEnd())
          .extracting(item -> item.getValue("data"))
          .containsExactly("hello", "stop");
      assertThat(listener.seen).containsExactly("hello", "stop");
      assertThat(connection(listener.id()).state()).isEqualTo(ListenerStatus.State.STOPPED);
      assertThat(connection(listener.id()).lag()).isEqualTo(1);
    }

    @Test
    void onMessageRunsBeforeEachMessageIsYieldedOneAfterTheOther() {
      List<String> order = new CopyOnWriteArrayList<>();
      AtomicInteger running = new AtomicInteger();
      MessageQueueListener listener =
          new MessageQueueListener() {
            @Override
            public Future<Void> onMessage(Message message) {
              assertThat(running.incrementAndGet()).isEqualTo(1);
              Promise<Void> done = Promise.promise();
              hub.vertx.setTimer(
                  1,
                  timer -> {
                    order.add("seen " + message.payload());
                    running.decrementAndGet();
                    done.complete();
                  });
              return done.future();
            }
          };
      Hub.await(channel.registerListener(listener));
      Hub.await(listener.start());
      IntStream.rangeClosed(1, 5).forEach(ChannelApiTest.this::broadcast);
      var stream = channel.messageStream(listener);
      stream.handler(item -> order.add("got " + item.getValue("data")));
      until(() -> order.size() == 10);
      assertThat(order)
          .containsExactly(
              "seen 1", "got 1", "seen 2", "got 2", "seen 3", "got 3", "seen 4", "got 4", "seen 5",
              "got 5");
    }

    @Test
    void whenTheVerticleOfAnOnMessageIsGoneItsMessagesStay() {
      String verticle =
          Hub.await(
              hub.vertx.deployVerticle(
                  new io.vertx.core.VerticleBase() {
                    @Override
                    public Future<?> start() {
                      MessageQueueListener own =
                          new MessageQueueListener("mine") {
                            @Override
                            public Future<Void> onMessage(Message message) {
                              return Future.succeededFuture();
                            }
                          };
                      return hub.channels
                          .get(channel.id())
                          .registerListener(own)
                          .compose(registered -> own.start());
                    }
                  }));
      Hub.await(hub.vertx.undeploy(verticle));
      broadcast(1);
      MessageQueueListener found = Hub.await(channel.getListener("mine"));
      assertThat(new Received(channel.messageStream(found)).untilEnd()).isEmpty();
      assertThat(connection("mine").lag()).isEqualTo(1);
      assertThat(connection("mine").state()).isEqualTo(ListenerStatus.State.DETACHED);
    }

    @Test
    void aFailingOnMessageIsReportedInPlaceOfTheMessage() {
      MessageQueueListener listener =
          new MessageQueueListener() {
            @Override
            public Future<Void> onMessage(Message message) {
              return message.payload().equals(2)
                  ? Future.failedFuture("two is bad")
                  : Future.succeededFuture();
            }
          };
      Hub.await(channel.registerListener(listener));
      Hub.await(listener.start());
      broadcast(1);
      String id = broadcast(2);
      broadcast(3);
      Received stream = new Received(channel.messageStream(listener));
      List<JsonObject> items = stream.items(3);
      assertThat(stream.events(3)).containsExactly("t", "_eric_error", "t");
      assertThat(items.get(1).getString("id")).isEqualTo(id);
      assertThat(items.get(1).getJsonObject("data"))
          .isEqualTo(
              new JsonObject()
                  .put("error", "ListenerFailure")
                  .put("message", "two is bad")
                  .put("id", id));
    }

    @Test
    void aPausedStreamReadsOnlyAsMuchAsIsAskedFor() {
      MessageQueueListener listener = started();
      IntStream.rangeClosed(1, 2000).forEach(ChannelApiTest.this::broadcast);
      var stream = channel.messageStream(listener);
      stream.pause();
      Received received = new Received(stream);
      until(() -> connection(listener.id()).state() == ListenerStatus.State.CATCHING_UP);
      assertThat(received.count()).isZero();
      stream.fetch(3);
      received.data(3);
      Hub.await(channel.getConnections());
      assertThat(received.count()).isEqualTo(3);
      assertThat(connection(listener.id()).lag()).as("nothing piles up").isGreaterThan(1000);
      stream.resume();
      assertThat(received.data(2000)).isEqualTo(IntStream.rangeClosed(1, 2000).boxed().toList());
    }

    @Test
    void aHandlerThatFailsDoesNotStopTheStream() {
      MessageQueueListener listener = started();
      List<Object> got = new CopyOnWriteArrayList<>();
      channel
          .messageStream(listener)
          .handler(
              item -> {
                got.add(item.getValue("data"));
                throw new IllegalStateException("in a test");
              });
      broadcast(1);
      broadcast(2);
      until(() -> got.size() == 2);
    }

    @Test
    void whatAStreamHasNotHandedOutIsNotLostWhenItIsClosed() {
      MessageQueueListener listener = started();
      IntStream.rangeClosed(1, 10).forEach(ChannelApiTest.this::broadcast);
      var stream = channel.messageStream(listener);
      stream.pause();
      Received received = new Received(stream);
      stream.fetch(4);
      received.data(4);
      Hub.await(stream.close());
      received.untilEnd();
      until(() -> connection(listener.id()).state() == ListenerStatus.State.DETACHED);
      assertThat(new Received(channel.messageStream(listener)).data(6))
          .containsExactly(5, 6, 7, 8, 9, 10);
    }

    @Test
    void aSecondStreamTakesTheFirstOneOver() {
      MessageQueueListener listener = started();
      Received first = new Received(channel.messageStream(listener));
      broadcast(1);
      first.data(1);
      Received second = new Received(channel.messageStream(listener));
      JsonObject last = first.untilEnd().get(1);
      assertThat(last.getString("event")).isEqualTo("_eric_taken_over");
      assertThat(last.getInteger("retry")).isEqualTo(60_000);
      broadcast(2);
      assertThat(second.data(1)).containsExactly(2);
    }

    @Test
    void streamsThatAreClosedAtOnceLeaveNothing() {
      MessageQueueListener listener = started();
      for (int i = 0; i < 50; i++) {
        Received stream = new Received(channel.messageStream(listener));
        Hub.await(stream.stream.close());
        Received watch = new Received(channel.watch());
        Hub.await(watch.stream.close());
      }
      until(() -> ChannelProbe.edges(channel) == 0 && ChannelProbe.listeners(channel) == 1);
    }

    @Test
    void aWatcherSeesBroadcastsOnlyFromNowOnAndGoesWithItsStream() {
      broadcast("before");
      MessageQueueListener listener = started();
      Received watch = new Received(channel.watch());
      until(() -> ChannelProbe.waiting(channel) == 1);
      Hub.await(channel.dispatch(listener.id(), Message.of("t", "private")));
      broadcast("after");
      assertThat(watch.data(1)).containsExactly("after");
      assertThat(Hub.await(channel.getConnections())).as("watchers are left out").hasSize(1);
      Hub.await(watch.stream.close());
      until(() -> ChannelProbe.listeners(channel) == 1);
    }

    @Test
    void aStreamSeesWhatItsOwnVerticlePublishesNextAndGoesWithIt() {
      List<Object> got = new CopyOnWriteArrayList<>();
      String verticle =
          Hub.await(
              hub.vertx.deployVerticle(
                  new VerticleBase() {
                    @Override
                    public Future<?> start() {
                      channel.watch().handler(item -> got.add(item.getValue("data")));
                      return channel.broadcast(Message.of("t", "hello"));
                    }
                  }));
      until(() -> got.equals(List.of("hello")));
      assertThat(ChannelProbe.listeners(channel)).isEqualTo(1);
      Hub.await(hub.vertx.undeploy(verticle));
      until(() -> ChannelProbe.listeners(channel) == 0);
    }

    @Test
    void aStreamDelayKeepsOrderAndLosesNothing() {
      Channel slow = hub.channel("slow", new JsonObject().put("streamDelay", 0.002));
      MessageQueueListener listener = Hub.await(slow.addListener());
      Hub.await(listener.start());
      for (int i = 1; i <= 20; i++) {
        Hub.await(slow.broadcast(Message.of("t", i)));
      }
      Received stream = new Received(slow.messageStream(listener));
      assertThat(stream.data(20)).isEqualTo(IntStream.rangeClosed(1, 20).boxed().toList());
    }

    @Test
    void aStreamOnARemovedListenerOrChannelFailsAndEnds() {
      MessageQueueListener listener = started();
      Hub.await(channel.removeListener(listener.id()));
      Received gone = new Received(channel.messageStream(listener));
      assertThat(gone.failure()).isInstanceOf(InvalidListenerException.class);
      assertThat(gone.untilEnd()).isEmpty();
      Hub.await(hub.channels.rm("x"));
      assertThat(new Received(channel.watch()).failure())
          .isInstanceOf(InvalidChannelException.class);
    }
  }

  @Nested
  class Adapting {

    private final AtomicInteger calls = new AtomicInteger();

    /** Shouts, counts its calls, and shows a field of its own. */
    private final class Shouting extends SSEChannel {
      Shouting() {
        super(new SSEChannelOptions().setId("shouting"));
      }

      @Override
      public JsonObject adapt(Message message) {
        calls.incrementAndGet();
        if ("bad".equals(message.payload())) {
          throw new IllegalArgumentException("cannot shout it");
        }
        return new JsonObject()
            .put("event", message.type().toUpperCase(java.util.Locale.ROOT))
            .put("data", String.valueOf(message.payload()) + "!")
            .put("own", "field");
      }
    }

    @Test
    void adaptRunsOncePerMessageHoweverManyStreamsThereAre() {
      Shouting shouting = new Shouting();
      Hub.await(hub.channels.register(shouting));
      List<Received> streams = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        MessageQueueListener listener = Hub.await(shouting.addListener());
        Hub.await(listener.start());
        streams.add(new Received(shouting.messageStream(listener)));
      }
      for (int i = 0; i < 10; i++) {
        Hub.await(shouting.broadcast(Message.of("t", i)));
      }
      for (Received stream : streams) {
        JsonObject last = stream.items(10).get(9);
        assertThat(last.getString("event")).isEqualTo("T");
        assertThat(last.getString("data")).isEqualTo("9!");
        assertThat(last.getString("own")).isEqualTo("field");
      }
      assertThat(calls).hasValue(10);
    }

    @Test
    void theLogKeepsTheOriginalAndAFailureIsReported() {
      Shouting shouting = new Shouting();
      Hub.await(hub.channels.register(shouting));
      MessageQueueListener listener = Hub.await(shouting.addListener());
      Hub.await(listener.start());
      Hub.await(shouting.broadcast(Message.of("t", "plain")));
      Hub.await(shouting.broadcast(Message.of("t", "bad")));
      assertThat(Hub.await(shouting.deliverNext(listener.id())).payload()).isEqualTo("plain");
      Received stream = new Received(shouting.messageStream(listener));
      assertThat(stream.events(1)).containsExactly("_eric_error");
      var consumer = new io.eric.testing.Consumer(hub.vertx, "shouting", "bus", true);
      hub.ask("shouting", new JsonObject().put("v", "r").put("r", "bus"));
      hub.ask("shouting", new JsonObject().put("v", "l").put("r", "bus"));
      Hub.await(shouting.broadcast(Message.of("t", "x")));
      assertThat(consumer.bodies(1).get(0).getString("event")).isEqualTo("T");
    }
  }

  @Nested
  class ListenersOfAChannel {

    @Test
    void registeringTwiceIsRefusedAndTheSecondOneDoesNotObserve() {
      Observer one = new Observer();
      Hub.await(channel.registerListener(one));
      assertThat(Hub.failure(channel.registerListener(one)))
          .isInstanceOf(InvalidListenerException.class);
      Hub.await(one.start());
      broadcast(1);
      assertThat(next(one)).isEqualTo(1);
      assertThat(one.seen).containsExactly(1);
    }

    @Test
    void aListenerStartedBeforeItIsRegisteredIsStarted() {
      MessageQueueListener listener = new MessageQueueListener("mine");
      Hub.await(listener.start());
      Hub.await(channel.registerListener(listener));
      broadcast(1);
      assertThat(next(listener)).isEqualTo(1);
    }

    @Test
    void getListenerGivesTheRegisteredObjectOrAHandleThatKnowsItsState() {
      Observer own = new Observer();
      Hub.await(channel.registerListener(own));
      assertThat(Hub.await(channel.getListener(own.id()))).isSameAs(own);
      MessageQueueListener added = Hub.await(channel.addListener());
      assertThat(Hub.await(channel.getListener(added.id())).isRunning()).isFalse();
      Hub.await(added.start());
      assertThat(Hub.await(channel.getListener(added.id())).isRunning()).isTrue();
      assertThat(Hub.failure(channel.getListener("none")))
          .isInstanceOf(InvalidListenerException.class);
    }

    @Test
    void connectionsShowWhoIsThereInOrderOfCreationAndWhereTheyStand() {
      MessageQueueListener one = started();
      MessageQueueListener two = Hub.await(channel.addListener());
      broadcast(1);
      broadcast(2);
      next(one);
      List<ListenerStatus> connections = Hub.await(channel.getConnections());
      assertThat(connections)
          .extracting(ListenerStatus::listener)
          .containsExactly(one.id(), two.id());
      assertThat(connections)
          .extracting(ListenerStatus::state)
          .containsExactly(ListenerStatus.State.DETACHED, ListenerStatus.State.STOPPED);
      assertThat(connections).extracting(ListenerStatus::lag).containsExactly(1L, 2L);
      assertThat(connections)
          .extracting(each -> each.position().sequence())
          .containsExactly(1L, 0L);
    }

    @Test
    void aChannelTakesNoMoreListenersThanItMay() {
      Channel small = hub.channel("small", new JsonObject().put("maxListeners", 1));
      Hub.await(small.addListener());
      assertThat(Hub.failure(small.addListener())).isInstanceOf(UnavailableException.class);
      assertThat(new Received(small.watch()).failure()).isInstanceOf(UnavailableException.class);
    }

    @Test
    void publishingFailsWithTheContractsExceptions() {
      assertThat(Hub.failure(channel.dispatch("none", Message.of("t", 1))))
          .isInstanceOf(InvalidListenerException.class);
      assertThat(Hub.failure(channel.broadcast(Message.of("_eric_x", 1))))
          .isInstanceOf(InvalidMessageFormatException.class);
      assertThat(Hub.failure(channel.broadcast(Message.of("t", Double.NaN))))
          .isInstanceOf(InvalidMessageFormatException.class);
      Channel small = hub.channel("small", new JsonObject().put("maxPayload", 3));
      assertThat(Hub.failure(small.broadcast(Message.of("t", "long"))))
          .isInstanceOf(PayloadTooLargeException.class);
      Hub.await(hub.channels.rm("small"));
      assertThat(Hub.failure(small.broadcast(Message.of("t", 1))))
          .isInstanceOf(InvalidChannelException.class);
    }

    @Test
    void aChannelWorksFromAnyVerticle() {
      MessageQueueListener listener = started();
      List<Object> got = new CopyOnWriteArrayList<>();
      Hub.await(
          hub.vertx.deployVerticle(
              new VerticleBase() {
                @Override
                public Future<?> start() {
                  var mine = context;
                  channel
                      .messageStream(listener)
                      .handler(
                          item -> {
                            assertThat(io.vertx.core.Vertx.currentContext()).isSameAs(mine);
                            got.add(item.getValue("data"));
                          });
                  return channel.broadcast(Message.of("t", "from a verticle"));
                }
              }));
      until(() -> got.equals(List.of("from a verticle")));
    }
  }

  @Nested
  class Container {

    @Test
    void getGivesAChannelOrThrows() {
      assertThat(hub.channels.get("x").id()).isEqualTo("x");
      assertThatThrownBy(() -> hub.channels.get("none"))
          .isInstanceOf(InvalidChannelException.class);
      assertThat(Hub.failure(hub.channels.rm("none"))).isInstanceOf(InvalidChannelException.class);
    }

    @Test
    void registeringAnIdTwiceFailsAndAnIterablePassesOverWhatIsKnown() {
      SSEChannel again = new SSEChannel(new SSEChannelOptions().setId("x"));
      SSEChannel other = new SSEChannel(new SSEChannelOptions().setId("y"));
      assertThat(Hub.failure(hub.channels.register(again)))
          .isInstanceOf(InvalidChannelException.class);
      Hub.await(hub.channels.registerIterable(List.of(again, other, other)));
      assertThat(hub.channels.getAllIds()).containsExactly("x", "y");
      Hub.await(other.broadcast(Message.of("t", 1)));
    }

    @Test
    void aClosedContainerTakesNoMoreChannels() {
      Hub.await(hub.channels.close());
      assertThat(hub.channels.getAllIds()).isEmpty();
      assertThat(Hub.failure(hub.channels.create("new", null)))
          .isInstanceOf(UnavailableException.class);
    }

    @Test
    void aChannelIsNotUsableBeforeItIsDeployed() {
      assertThatThrownBy(() -> new SSEChannel().broadcast(Message.of("t", 1)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Nested
  class OnAUsersStore {

    private final SlowStore store = new SlowStore();
    private Hub slowHub;
    private Channel slow;

    @BeforeEach
    void plugIn() {
      slowHub = Hub.start(store);
      slow = slowHub.channel("slow");
    }

    @AfterEach
    void unplug() {
      slowHub.close();
    }

    private Future<String> publish(Object payload) {
      return slow.broadcast(Message.of("t", payload));
    }

    @Test
    void whatArrivesDuringAnAppendGrowsIntoOneBatchInOrder() {
      MessageQueueListener listener = Hub.await(slow.addListener());
      Hub.await(listener.start());
      List<Future<String>> published = new ArrayList<>();
      published.add(publish(0));
      SlowStore.Append first = store.next();
      for (int i = 1; i < 100; i++) {
        published.add(publish(i));
      }
      Hub.await(slow.getConnections()); // all of them have reached the channel
      assertThat(store.underWay()).isEqualTo(1);
      assertThat(published.get(0).isComplete()).isFalse();
      first.complete();
      SlowStore.Append second = store.next();
      assertThat(second.batch).hasSize(99);
      assertThat(Hub.await(published.get(0))).isEqualTo("epoch-1");
      second.complete();
      Hub.await(Future.all(published));
      assertThat(published.get(99).result()).isEqualTo("epoch-100");
      Received stream = new Received(slow.messageStream(listener));
      assertThat(stream.data(100)).isEqualTo(IntStream.range(0, 100).boxed().toList());
      Future<String> last = publish(100);
      store.next().complete();
      Hub.await(last);
      assertThat(stream.data(101)).endsWith(100);
    }

    @Test
    void aFailedAppendIsReportedItsSequencesAreUsedAgainAndItsKeyIsFree() {
      Future<String> failed = publish("lost");
      SlowStore.Append first = store.next();
      Future<JsonObject> keyed =
          slowHub.request(
              "eric.channel.slow", new JsonObject("{\"v\":\"b\",\"t\":\"t\",\"key\":\"k\"}"));
      Hub.await(slow.getConnections());
      first.fail();
      assertThat(Hub.failure(failed)).isInstanceOf(RepositoryException.class);
      store.next().fail();
      assertThat(Hub.failure(keyed))
          .isInstanceOfSatisfying(
              io.vertx.core.eventbus.ReplyException.class,
              e -> {
                assertThat(e.failureCode()).isEqualTo(500);
                assertThat(e.getMessage()).isEqualTo("RepositoryError('disk full')");
              });
      Future<JsonObject> again =
          slowHub.request(
              "eric.channel.slow", new JsonObject("{\"v\":\"b\",\"t\":\"t\",\"key\":\"k\"}"));
      store.next().complete();
      assertThat(Hub.await(again).getString("id")).isEqualTo("epoch-1");
    }

    @Test
    void aRepeatOfAKeyUnderWayWaitsForTheFirst() {
      JsonObject publish = new JsonObject("{\"v\":\"b\",\"t\":\"t\",\"key\":\"k\"}");
      Future<JsonObject> first = slowHub.request("eric.channel.slow", publish);
      SlowStore.Append append = store.next();
      Future<JsonObject> repeat = slowHub.request("eric.channel.slow", publish);
      Hub.await(slow.getConnections());
      assertThat(repeat.isComplete()).isFalse();
      append.complete();
      assertThat(Hub.await(repeat)).isEqualTo(Hub.await(first));
      assertThat(store.underWay()).isZero();
    }

    @Test
    void moreThanMayBeUnderWayIsRefusedAndNotAppended() {
      Channel narrow = slowHub.channel("narrow", new JsonObject().put("inFlightMessages", 2));
      Future<String> one = narrow.broadcast(Message.of("t", 1));
      SlowStore.Append first = store.next();
      Future<String> two = narrow.broadcast(Message.of("t", 2));
      Future<String> three = narrow.broadcast(Message.of("t", 3));
      assertThat(Hub.failure(three)).isInstanceOf(UnavailableException.class);
      first.complete();
      SlowStore.Append second = store.next();
      assertThat(second.batch).hasSize(1);
      second.complete();
      Hub.await(Future.all(one, two));
      Future<String> four = narrow.broadcast(Message.of("t", 4));
      store.next().complete();
      assertThat(Hub.await(four)).isEqualTo("epoch-3");
    }

    private Future<JsonObject> keyed(String key) {
      return slowHub.request(
          "eric.channel.narrow", new JsonObject().put("v", "b").put("t", "t").put("key", key));
    }

    @Test
    void aRepeatOfAMessageUnderWayWaitsThoughNoMoreMayBeUnderWay() {
      slowHub.channel("narrow", new JsonObject().put("inFlightMessages", 2));
      Future<JsonObject> one = keyed("one");
      SlowStore.Append first = store.next();
      Future<JsonObject> two = keyed("two");
      Future<JsonObject> repeat = keyed("two");
      assertThat(Hub.failure(keyed("three"))).hasMessageContaining("are under way");
      assertThat(repeat.isComplete()).isFalse();
      first.complete();
      store.next().complete();
      assertThat(Hub.await(repeat)).isEqualTo(Hub.await(two));
      assertThat(Hub.await(one).getString("id")).isEqualTo("epoch-1");
    }

    @Test
    void aRepeatIsAnsweredAtOnceThoughNoMoreMayBeUnderWay() {
      slowHub.channel("narrow", new JsonObject().put("inFlightMessages", 1));
      Future<JsonObject> one = keyed("one");
      store.next().complete();
      Hub.await(one);
      Future<JsonObject> two = keyed("two");
      SlowStore.Append second = store.next();
      assertThat(Hub.await(keyed("one"))).isEqualTo(Hub.await(one));
      second.complete();
      assertThat(Hub.await(two).getString("id")).isEqualTo("epoch-2");
    }

    @Test
    void withRepeatsTwiceAsMuchMayBeUnderWay() {
      slowHub.channel("narrow", new JsonObject().put("inFlightMessages", 2));
      Future<JsonObject> one = keyed("one");
      SlowStore.Append first = store.next();
      List<Future<JsonObject>> repeats = List.of(keyed("one"), keyed("one"), keyed("one"));
      assertThat(Hub.failure(keyed("one"))).hasMessageContaining("are under way");
      first.complete();
      for (Future<JsonObject> repeat : repeats) {
        assertThat(Hub.await(repeat)).isEqualTo(Hub.await(one));
      }
    }

    @Test
    void repeatsOfAKeyDoNotUseUpWhatMayBeUnderWay() {
      Channel narrow = slowHub.channel("narrow", new JsonObject().put("inFlightMessages", 2));
      JsonObject publish = new JsonObject("{\"v\":\"b\",\"t\":\"t\",\"key\":\"k\"}");
      Future<JsonObject> first = slowHub.request("eric.channel.narrow", publish);
      store.next().complete();
      for (int i = 0; i < 5; i++) {
        assertThat(slowHub.ask("narrow", publish)).isEqualTo(Hub.await(first));
      }
      Future<String> another = narrow.broadcast(Message.of("t", 2));
      store.next().complete();
      assertThat(Hub.await(another)).isEqualTo("epoch-2");
    }

    @Test
    void aMessageThatFailsWhileTheNextOnesAreReadIsSentAgainBeforeThem() {
      Hub.await(slow.registerListener(new MessageQueueListener("me")));
      for (int i = 1; i <= 2; i++) {
        Future<String> published = publish(i);
        store.next().complete();
        Hub.await(published);
      }
      Consumer consumer = new Consumer(slowHub.vertx, "slow", "me", false);
      slowHub.ask("slow", new JsonObject("{\"v\":\"l\",\"r\":\"me\"}"));
      consumer.bodies(2);
      store.holdReads();
      Future<String> third = publish(3);
      store.next().complete();
      Hub.await(third);
      until(() -> store.heldReads() == 1);
      consumer.request(0).fail(500, "not now");
      // The pause before the repeat is over before the read is: 100 ms, and this timer is younger.
      Hub.await(slowHub.vertx.timer(300, java.util.concurrent.TimeUnit.MILLISECONDS));
      consumer.acknowledgeAll();
      store.letRead();
      assertThat(consumer.data(5)).containsExactly(1, 2, 1, 2, 3);
    }

    @Test
    void removingAChannelWhileAnAppendIsUnderWayAnswersEverybody() {
      Future<String> pending = publish(1);
      SlowStore.Append append = store.next();
      Hub.await(slowHub.channels.rm("slow"));
      append.complete();
      Hub.await(pending.transform(done -> Future.succeededFuture()));
    }
  }
}
