package io.eric.channel;

import static io.eric.testing.Hub.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eric.Channel;
import io.eric.EricClient;
import io.eric.InvalidChannelException;
import io.eric.InvalidListenerException;
import io.eric.InvalidMessageFormatException;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.MessageStream;
import io.eric.PayloadTooLargeException;
import io.eric.Position;
import io.eric.PublishOptions;
import io.eric.ReadOptions;
import io.eric.UnavailableException;
import io.eric.internal.UserHandler;
import io.eric.junit5.EricExtension;
import io.eric.junit5.TestReader;
import io.eric.junit5.TestReaders;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

/** The interface for programs: {@link EricClient}, and what its channels publish and read. */
@ExtendWith(EricExtension.class)
class EricClientTest {

  private Vertx vertx;
  private EricClient client;
  private TestReaders readers;

  @BeforeEach
  void start(Vertx vertx, EricClient client, TestReaders readers) {
    this.vertx = vertx;
    this.client = client;
    this.readers = readers;
  }

  private Channel channel() {
    return Hub.await(client.create("x"));
  }

  private static Position publish(Channel channel, Object payload) {
    return Hub.await(channel.publish(Message.of("t", payload)));
  }

  private TestReader<Message> read(Channel channel, ReadOptions options) {
    return readers.of("a stream of " + channel.id(), channel.read(options));
  }

  private static List<Object> payloads(TestReader<Message> reader, int count) {
    return reader.awaitNext(count).stream().map(Message::payload).toList();
  }

  @Nested
  class Channels {

    @Test
    void aChannelIsCreatedListedFoundAndRemoved() {
      Channel made = Hub.await(client.create("x", new JsonObject().put("keys", 10)));
      assertThat(made.id()).isEqualTo("x");
      assertThat(Hub.await(client.create(null, null)).id()).hasSize(36);
      assertThat(Hub.await(client.list())).hasSize(2).first().isEqualTo("x");
      assertThat(Hub.await(client.list(null, 1))).containsExactly("x");
      assertThat(Hub.await(client.list("x", 10))).hasSize(1).doesNotContain("x");
      publish(client.channel("x"), 1);
      Hub.await(client.remove("x"));
      assertThat(Hub.failure(client.channel("x").publish(Message.of("t", 1))))
          .isInstanceOf(InvalidChannelException.class);
      assertThat(Hub.failure(client.remove("x"))).isInstanceOf(InvalidChannelException.class);
    }

    @Test
    void whatExistsIsRefusedOrTakenAsItIs() {
      channel();
      assertThat(Hub.failure(client.create("x"))).isInstanceOf(InvalidChannelException.class);
      assertThat(Hub.await(client.createIfAbsent("x", null)).id()).isEqualTo("x");
      assertThat(Hub.await(client.createIfAbsent("y", null)).id()).isEqualTo("y");
    }

    @Test
    void whatIsMalformedIsRefusedByName() {
      assertThat(Hub.failure(client.create("a b")))
          .isInstanceOf(InvalidMessageFormatException.class)
          .hasMessageContaining("a channel id has");
      assertThat(Hub.failure(client.create("y", new JsonObject().put("overflow", "none"))))
          .isInstanceOf(InvalidMessageFormatException.class)
          .hasMessageContaining("overflow");
      assertThat(Hub.failure(client.createIfAbsent("a/b", null)))
          .isInstanceOf(InvalidMessageFormatException.class)
          .hasMessageContaining("a channel id has");
      assertThat(Hub.failure(client.list(null, 0)))
          .isInstanceOf(InvalidMessageFormatException.class);
      assertThatThrownBy(() -> client.channel(""))
          .isInstanceOf(InvalidMessageFormatException.class);
    }

    @Test
    void withoutAHubItIsUnavailable() {
      Vertx alone = Vertx.vertx();
      try {
        assertThat(Hub.failure(EricClient.create(alone).create("x")))
            .isInstanceOf(UnavailableException.class)
            .hasMessageContaining("the hub is not running");
      } finally {
        Hub.await(alone.close());
      }
    }
  }

  @Nested
  class Publishing {

    @Test
    void aMessageGoesToAllOrToOneListener() {
      Channel channel = channel();
      MessageQueueListener one = Hub.await(channel.addListener());
      MessageQueueListener two = Hub.await(channel.addListener());
      Hub.await(one.start());
      Hub.await(two.start());
      Position all = publish(channel, "all");
      Position single =
          Hub.await(channel.publish(Message.of("t", "one"), PublishOptions.to(one.id())));
      assertThat(single).isEqualTo(new Position(all.epoch(), all.sequence() + 1));
      assertThat(Hub.await(channel.deliverNext(one.id())).position()).isEqualTo(all);
      assertThat(Hub.await(channel.deliverNext(one.id())).payload()).isEqualTo("one");
      assertThat(Hub.await(channel.deliverNext(two.id())).payload()).isEqualTo("all");
      assertThat(Hub.failure(channel.publish(Message.of("t", 1), PublishOptions.to("none"))))
          .isInstanceOf(InvalidListenerException.class);
    }

    @Test
    void aRepeatWithTheSameKeyIsAnsweredWithThePositionOfTheFirst() {
      Channel channel = channel();
      PublishOptions keyed = PublishOptions.BROADCAST.withKey("k");
      Position first = Hub.await(channel.publish(Message.of("t", 1), keyed));
      assertThat(Hub.await(channel.publish(Message.of("t", 1), keyed))).isEqualTo(first);
      assertThat(publish(channel, 2).sequence()).isEqualTo(first.sequence() + 1);
      assertThat(
              Hub.failure(
                  channel.publish(
                      Message.of("t", 1), PublishOptions.BROADCAST.withKey("k".repeat(129)))))
          .isInstanceOf(InvalidMessageFormatException.class)
          .hasMessageContaining("a key has 1 to 128 characters");
    }

    @Test
    void aPublishGivesUpWhenItsOwnTimeIsUp() {
      SlowStore store = new SlowStore();
      try (Hub slow = Hub.start(store)) {
        Channel channel = slow.channel("x");
        Future<Position> outcome =
            channel.publish(Message.of("t", 1), PublishOptions.BROADCAST.withTimeout(50));
        SlowStore.Append append = store.next();
        assertThat(Hub.failure(outcome))
            .isInstanceOf(UnavailableException.class)
            .hasMessageContaining("within 50 ms, the outcome is unknown");
        assertThat(Meters.of(slow.vertx).get(CounterName.PUBLISH_TIMEOUTS)).isEqualTo(1);
        append.complete();
      }
      assertThatThrownBy(() -> PublishOptions.BROADCAST.withTimeout(-1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("timeout is -1, it must be at least 0");
    }

    /** What a caller asks of a channel takes effect in order, whatever the loops are. */
    @Test
    void aPublishComesAfterWhatItsCallerHasAskedBefore() {
      Channel channel = channel();
      for (int i = 0; i < 20; i++) { // contexts are spread over the loops in turn
        String id = "l" + i;
        Promise<Object> taken = Promise.promise();
        ((VertxInternal) vertx)
            .createEventLoopContext()
            .runOnContext(
                v -> {
                  MessageQueueListener listener = new MessageQueueListener(id);
                  listener.start();
                  Future<Void> registered = channel.registerListener(listener);
                  Future<Position> published = channel.publish(Message.of("t", id));
                  Future<Void> removedOther =
                      channel.removeListener(id + "-other").otherwiseEmpty();
                  Future.join(registered, published, removedOther)
                      .compose(done -> channel.deliverNext(id))
                      .map(Message::payload)
                      .onComplete(taken);
                });
        assertThat(Hub.await(taken.future())).isEqualTo(id);
      }
    }

    @Test
    void aStreamIsPublishedInOrder() {
      Channel channel = channel();
      MessageQueueListener listener = Hub.await(channel.addListener());
      WriteStream<Message> publisher = channel.publisher(PublishOptions.to(listener.id()));
      publisher.setWriteQueueMaxSize(2);
      List<Integer> sent = IntStream.range(0, 100).boxed().toList();
      List<Future<Void>> written = new ArrayList<>();
      Promise<Boolean> full = Promise.promise();
      vertx.runOnContext(
          v -> { // nothing is answered within its turn
            sent.forEach(i -> written.add(publisher.write(Message.of("t", i))));
            full.complete(publisher.writeQueueFull());
          });
      assertThat(Hub.await(full.future())).isTrue();
      Hub.await(publisher.end());
      assertThat(written).allMatch(Future::succeeded);
      assertThat(publisher.writeQueueFull()).isFalse();
      TestReader<Message> read = read(channel, ReadOptions.listener(listener.id()));
      assertThat(payloads(read, 100)).isEqualTo(sent);
      assertThatThrownBy(() -> channel.publisher(PublishOptions.BROADCAST.withKey("k")))
          .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aReadStreamIsPipedIntoAChannel() {
      Channel from = channel();
      Channel to = Hub.await(client.create("y"));
      TestReader<Message> copied = read(to, ReadOptions.watcher());
      MessageStream<Message> source = from.read(ReadOptions.watcher().earliest());
      publish(from, 1);
      publish(from, 2);
      Future<Void> piped = source.pipeTo(to.publisher());
      assertThat(payloads(copied, 2)).containsExactly(1, 2);
      publish(from, 3);
      assertThat(payloads(copied, 1)).containsExactly(3);
      source.close();
      Hub.await(piped);
    }

    @Test
    void aPipeLeavesOutWhatItsSourceSaysOfItself() {
      Channel from = channel();
      Channel to = Hub.await(client.create("y"));
      TestReader<Message> copied = read(to, ReadOptions.watcher());
      publish(from, 1);
      Future<Void> piped =
          from.read(ReadOptions.watcher().after(new Position("other", 7))) // it begins with a gap
              .pipeTo(to.publisher());
      assertThat(payloads(copied, 1)).containsExactly(1);
      Hub.await(client.remove("x"));
      Hub.await(piped);
    }

    @Test
    void aPipeStopsAtAMessageThatIsRefused() {
      Channel from = channel();
      Channel to = Hub.await(client.create("y", new JsonObject().put("maxPayload", 100)));
      Future<Void> piped = from.read(ReadOptions.watcher().earliest()).pipeTo(to.publisher());
      publish(from, "x".repeat(200));
      assertThat(Hub.failure(piped)).isInstanceOf(PayloadTooLargeException.class);
    }
  }

  @Nested
  class Reading {

    @Test
    void aWatcherSeesWhatComesOrWhatWasPublishedAfterAPosition() {
      Channel channel = channel();
      Position first = publish(channel, 1);
      publish(channel, 2);
      assertThat(payloads(read(channel, ReadOptions.watcher().earliest()), 2))
          .containsExactly(1, 2);
      assertThat(payloads(read(channel, ReadOptions.watcher().after(first)), 1)).containsExactly(2);
    }

    /** What is published next on the stream's context is for the stream already. */
    @Test
    void aWatcherSeesWhatItsContextPublishesNext() {
      Channel channel = channel();
      for (int i = 0; i < 20; i++) { // contexts are spread over the loops in turn
        int payload = i;
        List<TestReader<Message>> reads = new CopyOnWriteArrayList<>();
        Promise<Position> published = Promise.promise();
        ((VertxInternal) vertx)
            .createEventLoopContext()
            .runOnContext(
                v -> {
                  reads.add(read(channel, ReadOptions.watcher()));
                  reads.add(read(channel, ReadOptions.watcher().latest()));
                  channel.publish(Message.of("t", payload)).onComplete(published);
                });
        Hub.await(published.future());
        reads.forEach(read -> assertThat(payloads(read, 1)).startsWith(payload));
      }
    }

    @Test
    void aWatcherThatIsAttachedSeesWhatAnyThreadPublishes() {
      Channel channel = channel();
      for (int i = 0; i < 50; i++) {
        MessageStream<Message> stream = channel.read(ReadOptions.watcher());
        TestReader<Message> read = readers.of("a watcher of a thread that is not Vert.x's", stream);
        Hub.await(stream.attached());
        publish(channel, i);
        assertThat(payloads(read, 1)).containsExactly(i);
        Hub.await(stream.close());
      }
    }

    @Test
    void aStreamThatIsNotAttachedSaysWhy() {
      Channel channel = channel();
      MessageStream<Message> refused = channel.read(ReadOptions.listener("none"));
      Future<Void> early = refused.attached();
      refused.handler(message -> {});
      assertThat(Hub.failure(early)).isInstanceOf(InvalidListenerException.class);
      MessageStream<Message> closed = channel.read(ReadOptions.watcher());
      Hub.await(closed.close());
      assertThat(Hub.failure(closed.attached()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the stream has ended before it was attached");
      MessageQueueListener listener = Hub.await(channel.addListener());
      Hub.await(listener.start());
      Hub.await(listener.stop());
      MessageStream<Message> stopped = channel.read(ReadOptions.listener(listener.id()).latest());
      stopped.handler(message -> {});
      assertThat(Hub.failure(stopped.attached())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatIsReadHasItsPositionAndAListenerGoesOnWhereItStands() {
      Channel channel = channel();
      Hub.await(channel.registerListener(new MessageQueueListener("desk")));
      Position first = publish(channel, 1);
      MessageStream<Message> stream = channel.read(ReadOptions.listener("desk"));
      TestReader<Message> read = readers.of("the desk's stream", stream);
      assertThat(read.awaitNext())
          .isEqualTo(new Message("t", 1, null, first.toString()))
          .returns(first, Message::position);
      Hub.await(stream.close());
      assertThat(read.awaitEnd()).isEmpty();
      publish(channel, 2);
      MessageStream<Message> again = channel.read(ReadOptions.listener("desk"));
      assertThat(payloads(readers.of("the desk's next stream", again), 1)).containsExactly(2);
      Hub.await(again.close());
      assertThat(payloads(read(channel, ReadOptions.listener("desk").earliest()), 2))
          .containsExactly(1, 2);
    }

    @Test
    void theLatestPassesOverWhatIsQueued() {
      Channel channel = channel();
      Hub.await(channel.registerListener(new MessageQueueListener("desk")));
      publish(channel, 1);
      TestReader<Message> latest = read(channel, ReadOptions.listener("desk").latest());
      until(() -> Hub.await(channel.getConnections()).get(0).lag() == 0);
      publish(channel, 2);
      assertThat(payloads(latest, 1)).containsExactly(2);
    }

    @Test
    void aPositionOfAnotherLifeIsAGapAndThenTheOldestThatIsLeft() {
      Channel channel = channel();
      publish(channel, 1);
      TestReader<Message> read =
          read(channel, ReadOptions.watcher().after(new Position("other", 7)));
      assertThat(read.awaitNext(2)).extracting(Message::type).containsExactly(Message.GAP, "t");
    }

    @Test
    void theEarliestIsTheOldestThatIsLeftWithoutAGapBeforeIt() {
      Channel channel =
          Hub.await(
              client.create(
                  "x", new JsonObject().put("history", new JsonObject().put("messages", 2))));
      IntStream.rangeClosed(1, 5).forEach(i -> publish(channel, i));
      assertThat(payloads(read(channel, ReadOptions.watcher().earliest()), 2))
          .containsExactly(4, 5);
    }

    @Test
    void nothingIsReadThatIsNotAskedFor() {
      Channel channel = channel();
      Hub.await(channel.registerListener(new MessageQueueListener("desk")));
      IntStream.rangeClosed(1, 3).forEach(i -> publish(channel, i));
      MessageStream<Message> stream = channel.read(ReadOptions.listener("desk"));
      List<Object> got = new CopyOnWriteArrayList<>();
      stream.pause().handler(message -> got.add(message.payload()));
      stream.fetch(1);
      until(() -> got.size() == 1);
      stream.fetch(2);
      until(() -> got.size() == 3);
      assertThat(got).containsExactly(1, 2, 3);
    }

    @Test
    void aNegativeNumberOfItemsIsRefused() {
      MessageStream<Message> stream = channel().read(ReadOptions.watcher());
      assertThatThrownBy(() -> stream.fetch(-1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("amount is -1, it must be at least 0");
    }

    @Test
    void aStreamThatItsHandlerClosesGetsNothingMoreAndTheListenerKeepsTheRest() {
      Channel channel = channel();
      Hub.await(channel.registerListener(new MessageQueueListener("desk")));
      IntStream.rangeClosed(1, 5).forEach(i -> publish(channel, i));
      MessageStream<Message> stream = channel.read(ReadOptions.listener("desk"));
      List<Object> got = new CopyOnWriteArrayList<>();
      Promise<Void> end = Promise.promise();
      stream
          .endHandler(end::complete)
          .handler(
              message -> {
                got.add(message.payload());
                stream.close();
              });
      Hub.await(end.future());
      assertThat(got).containsExactly(1);
      assertThat(payloads(read(channel, ReadOptions.listener("desk")), 4))
          .containsExactly(2, 3, 4, 5);
    }

    @Test
    void whatIsForNobodyDoesNotBecomeWhatIsForAll() {
      Channel channel = channel();
      String nobody = id(null);
      assertThatThrownBy(() -> channel.dispatch(nobody, Message.of("t", 1)))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("receiver");
      assertThatThrownBy(() -> ReadOptions.listener(nobody)).hasMessage("listener");
      assertThatThrownBy(() -> PublishOptions.BROADCAST.withKey(nobody)).hasMessage("key");
      assertThat(publish(channel, 1).sequence()).isEqualTo(1);
    }

    /** A value that an application looked up in vain. */
    @SuppressWarnings("NullAway")
    private static String id(@Nullable String found) {
      return found;
    }

    @Test
    void aStreamThatFailsWithoutAnExceptionHandlerIsLogged() {
      Logger log = (Logger) LoggerFactory.getLogger(UserHandler.class);
      ListAppender<ILoggingEvent> lines = new ListAppender<>();
      lines.start();
      log.addAppender(lines);
      try {
        MessageStream<Message> stream = channel().read(ReadOptions.listener("nosuch"));
        stream.handler(message -> {});
        Hub.failure(stream.attached());
        until(() -> !lines.list.isEmpty());
        assertThat(lines.list)
            .extracting(ILoggingEvent::getFormattedMessage)
            .containsExactly(
                "messages of channel x: failed, and no exception handler is set:"
                    + " InvalidListenerException('Invalid listener nosuch')");
      } finally {
        log.detachAppender(lines);
      }
    }

    @Test
    void aListenerThatDoesNotExistFailsTheStream() {
      MessageStream<Message> stream = channel().read(ReadOptions.listener("none"));
      List<Throwable> failures = new CopyOnWriteArrayList<>();
      Promise<Void> end = Promise.promise();
      stream.exceptionHandler(failures::add).endHandler(end::complete).handler(message -> {});
      Hub.await(end.future());
      assertThat(failures).singleElement().isInstanceOf(InvalidListenerException.class);
    }

    @Test
    void aSecondStreamTakesTheListenerOverAndARemovedChannelEndsIt() {
      Channel channel = channel();
      Hub.await(channel.registerListener(new MessageQueueListener("desk")));
      TestReader<Message> first = read(channel, ReadOptions.listener("desk"));
      until(() -> isAttached(channel));
      TestReader<Message> second = read(channel, ReadOptions.listener("desk"));
      assertThat(first.awaitEnd()).extracting(Message::type).containsExactly(Message.TAKEN_OVER);
      Hub.await(client.remove("x"));
      assertThat(second.awaitEnd())
          .extracting(Message::type)
          .containsExactly(Message.CHANNEL_CLOSED);
    }

    private boolean isAttached(Channel channel) {
      return switch (Hub.await(channel.getConnections()).get(0).state()) {
        case LIVE, CATCHING_UP -> true;
        case STOPPED, DETACHED -> false;
      };
    }
  }
}
