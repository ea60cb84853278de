package io.eric.work;

import static io.eric.testing.Hub.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.InvalidListenerException;
import io.eric.ListenerStatus;
import io.eric.LogFullException;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.MessageStream;
import io.eric.Payload;
import io.eric.options.DataProcessingChannelOptions;
import io.eric.options.OverflowPolicy;
import io.eric.options.RetentionOptions;
import io.eric.testing.Hub;
import io.eric.testing.Received;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Concurrent processing of one listener's queue in one JVM. */
class DataProcessingChannelTest {

  private Hub hub;
  private DataProcessingChannel channel;

  @BeforeEach
  void start() {
    hub = Hub.start();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private static DataProcessingChannelOptions options(int workers) {
    return new DataProcessingChannelOptions().setId("work").setMaxWorkers(workers);
  }

  private MessageQueueListener open(DataProcessingChannel opened) {
    channel = opened;
    Hub.await(hub.channels.register(channel));
    MessageQueueListener listener = new MessageQueueListener("queue");
    Hub.await(channel.registerListener(listener));
    Hub.await(listener.start());
    return listener;
  }

  private MessageQueueListener open(DataProcessingChannelOptions options) {
    return open(new DataProcessingChannel(options));
  }

  private String publish(Object payload) {
    return Hub.await(channel.broadcast(Message.of("t", payload)));
  }

  private void publish(int from, int to) {
    IntStream.rangeClosed(from, to).forEach(this::publish);
  }

  private ProcessingProgress progress() {
    return Hub.await(channel.progress("queue"));
  }

  private ListenerStatus connection() {
    return Hub.await(channel.getConnections()).get(0);
  }

  private static void pass(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(Hub.PATIENCE, TimeUnit.SECONDS)).isTrue();
  }

  @Nested
  class Results {

    @Test
    void everyMessageGivesOneResultWithEventDataAndId() {
      MessageQueueListener listener = open(options(2));
      List<String> ids = new ArrayList<>();
      for (String type : List.of("test1", "test2", "test3")) {
        ids.add(Hub.await(channel.dispatch("queue", Message.of(type, type + "!"))));
      }
      List<JsonObject> items = new Received(channel.processQueue(listener)).items(3);
      assertThat(items)
          .containsExactlyInAnyOrder(
              new JsonObject().put("event", "test1").put("data", "test1!").put("id", ids.get(0)),
              new JsonObject().put("event", "test2").put("data", "test2!").put("id", ids.get(1)),
              new JsonObject().put("event", "test3").put("data", "test3!").put("id", ids.get(2)));
    }

    /** Results that never come would say nothing of the failure. */
    @Test
    void aMessageThatCannotBeDecodedEndsTheResults() {
      MessageQueueListener listener = open(options(2));
      byte[] tooLong = "1".repeat(Payload.MAX_NUMBER_DIGITS + 1).getBytes(UTF_8);
      Hub.await(channel.dispatch("queue", Message.of("t", Payload.ofValidJson(tooLong))));
      Promise<Throwable> failure = Promise.promise();
      Promise<Void> end = Promise.promise();
      channel
          .processQueue(listener)
          .exceptionHandler(failure::complete)
          .endHandler(end::complete)
          .handler(result -> {});
      assertThat(Hub.await(failure.future()))
          .hasMessageStartingWith("the payload cannot be decoded");
      Hub.await(end.future());
    }

    @Test
    void theResultsAreAttachedOnceTheWorkHasBegun() {
      MessageQueueListener listener = open(options(2));
      MessageStream<JsonObject> results = channel.processQueue(listener);
      results.handler(result -> {});
      Hub.await(results.attached());
      Hub.await(channel.removeListener(listener.id()));
      MessageStream<JsonObject> late = channel.processQueue(listener);
      late.handler(result -> {});
      assertThat(Hub.failure(late.attached())).isInstanceOf(InvalidListenerException.class);
    }

    @Test
    void messagesThatComeLaterAreProcessedToo() {
      MessageQueueListener listener = open(options(2));
      Received results = new Received(channel.processQueue(listener));
      publish(1);
      results.items(1);
      publish(2);
      assertThat(results.data(2)).containsExactly(1, 2);
    }

    @Test
    void asManyAreUnderWayAtOnceAsThereAreWorkersAndNoMore() throws Exception {
      MessageQueueListener listener = open(options(3));
      CyclicBarrier together = new CyclicBarrier(3);
      AtomicInteger now = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      publish(1, 30);
      Received results =
          new Received(
              channel.processQueue(
                  listener,
                  message -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    together.await(Hub.PATIENCE, TimeUnit.SECONDS); // three at once, or never
                    now.decrementAndGet();
                    return message.payload();
                  }));
      assertThat(results.data(30))
          .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 30).boxed().toList());
      assertThat(most).hasValue(3);
    }

    @Test
    void resultsComeInOrderOfCompletion() {
      MessageQueueListener listener = open(options(2));
      CountDownLatch secondIsOut = new CountDownLatch(1);
      publish(1, 2);
      Received results =
          new Received(
              channel.processQueue(
                  listener,
                  message -> {
                    if (message.payload().equals(1)) {
                      pass(secondIsOut);
                    }
                    return "done " + message.payload();
                  }));
      assertThat(results.data(1)).containsExactly("done 2");
      secondIsOut.countDown();
      assertThat(results.data(2)).containsExactly("done 2", "done 1");
    }

    @Test
    void aListenersOnMessageMayBlockAndMayAnswerLater() {
      channel = new DataProcessingChannel(options(2));
      Hub.await(hub.channels.register(channel));
      Promise<Void> later = Promise.promise();
      CountDownLatch both = new CountDownLatch(2);
      MessageQueueListener listener =
          new MessageQueueListener("queue") {
            @Override
            public Future<Void> onMessage(Message message) {
              both.countDown();
              try {
                pass(both); // blocks: this is no event loop
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return message.payload().equals(1) ? later.future() : Future.succeededFuture();
            }
          };
      Hub.await(channel.registerListener(listener));
      Hub.await(listener.start());
      Received results = new Received(channel.processQueue(listener));
      publish(1, 2);
      assertThat(results.data(1)).containsExactly(2);
      assertThat(progress().underWay()).isEqualTo(1);
      later.complete();
      assertThat(results.data(2)).containsExactly(2, 1);
    }

    @Test
    void adaptDecidesWhatAResultShowsAndItsFailureIsAnError() {
      MessageQueueListener listener =
          open(
              new DataProcessingChannel(options(1)) {
                @Override
                public JsonObject adapt(Message message) {
                  if (message.payload().equals(20)) {
                    throw new IllegalStateException("no twenties");
                  }
                  return new JsonObject().put("event", "result").put("data", message.payload());
                }
              });
      publish(1, 3);
      Received results = new Received(channel.processQueue(listener, m -> 10 * (int) m.payload()));
      assertThat(results.events(3)).containsExactly("result", "_eric_error", "result");
      assertThat(results.data(3).get(0)).isEqualTo(10);
      assertThat(results.items(3).get(1).getJsonObject("data").getString("message"))
          .isEqualTo("no twenties");
    }

    @Test
    void aProcessorMayGiveAFuture() {
      MessageQueueListener listener = open(options(2));
      Received results =
          new Received(
              channel.processQueue(listener, m -> Future.succeededFuture("later " + m.payload())));
      publish(7);
      assertThat(results.data(1)).containsExactly("later 7");
    }

    @Test
    void aStoppedListenersQueueIsNotProcessed() {
      MessageQueueListener listener = open(options(1));
      Hub.await(listener.stop());
      publish(1);
      assertThat(new Received(channel.processQueue(listener)).untilEnd()).isEmpty();
      assertThat(progress().pending()).isEqualTo(1);
    }

    @Test
    void aListenerOfAnotherChannelFailsTheStream() {
      open(options(1));
      MessageQueueListener stranger = new MessageQueueListener("stranger");
      stranger.start();
      assertThat(new Received(channel.processQueue(stranger)).failure())
          .isInstanceOf(InvalidListenerException.class);
    }

    @Test
    void ordinaryStreamsOfTheChannelShowEventDataAndId() {
      MessageQueueListener listener = open(options(1));
      String id = publish("x");
      assertThat(new Received(channel.messageStream(listener)).items(1))
          .containsExactly(new JsonObject().put("event", "t").put("data", "x").put("id", id));
    }
  }

  @Nested
  class Failures {

    @Test
    void aFailureGivesOneErrorAndTheOthersGoOn() {
      MessageQueueListener listener = open(options(2));
      List<String> ids = new ArrayList<>();
      for (int i = 1; i <= 20; i++) {
        ids.add(publish(i));
      }
      Received results =
          new Received(
              channel.processQueue(
                  listener,
                  message -> {
                    int n = (int) message.payload();
                    if (n == 5) {
                      throw new IllegalArgumentException("five is right out");
                    }
                    if (n == 6) {
                      throw new StackOverflowError("even this");
                    }
                    return n == 7 ? Future.failedFuture("later") : n;
                  }));
      List<JsonObject> errors =
          results.items(20).stream()
              .filter(item -> item.getString("event").equals("_eric_error"))
              .map(item -> item.getJsonObject("data"))
              .toList();
      assertThat(errors)
          .containsExactlyInAnyOrder(
              error("five is right out", ids.get(4)),
              error("even this", ids.get(5)),
              error("later", ids.get(6)));
      publish(21);
      assertThat(results.data(21).get(20)).as("none twice, none missing").isEqualTo(21);
      until(() -> progress().done() == 18 && progress().failed() == 3);
    }

    private JsonObject error(String message, String id) {
      return new JsonObject().put("error", "ListenerFailure").put("message", message).put("id", id);
    }

    @Test
    void aConsumerThatFailsDoesNotStopTheStream() {
      MessageQueueListener listener = open(options(2));
      List<Object> got = new CopyOnWriteArrayList<>();
      channel
          .processQueue(listener)
          .handler(
              item -> {
                got.add(item.getValue("data"));
                throw new IllegalStateException("in a test");
              });
      publish(1, 3);
      until(() -> got.size() == 3);
    }

    @Test
    void aFullExecutorIsAskedAgainUntilEverythingIsDone() {
      ThreadPoolExecutor one =
          new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
      try {
        MessageQueueListener listener = open(new DataProcessingChannel(options(4), one));
        publish(1, 8);
        Received results = new Received(channel.processQueue(listener));
        assertThat(results.data(8))
            .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 8).boxed().toList());
      } finally {
        one.shutdown();
      }
    }

    @Test
    void anExecutorThatIsShutDownFailsTheStreamAndTheQueueKeepsTheMessages() {
      ExecutorService executor = Executors.newFixedThreadPool(1);
      executor.shutdown();
      MessageQueueListener listener = open(new DataProcessingChannel(options(1), executor));
      publish(1);
      Received results = new Received(channel.processQueue(listener));
      assertThat(results.failure()).isInstanceOf(RuntimeException.class);
      results.untilEnd();
      until(() -> connection().state() == ListenerStatus.State.DETACHED);
      assertThat(progress().pending()).isEqualTo(1);
    }
  }

  @Nested
  class BackPressure {

    @Test
    void aPausedConsumerStopsTheIntakeAndTheQueueKeepsTheRest() {
      MessageQueueListener listener = open(options(2).setMaxResults(5));
      Set<Object> processed = ConcurrentHashMap.newKeySet();
      publish(1, 50);
      MessageStream<JsonObject> stream =
          channel.processQueue(
              listener,
              message -> {
                processed.add(message.payload());
                return message.payload();
              });
      stream.pause();
      Received results = new Received(stream);
      until(() -> progress().waiting() == 5);
      assertThat(progress().underWay()).isZero();
      assertThat(progress().pending()).isEqualTo(45);
      assertThat(processed).hasSize(5);
      assertThat(results.count()).isZero();
      assertThat(connection().lag()).as("nothing was passed").isEqualTo(50);

      stream.fetch(2);
      results.items(2);
      until(() -> progress().waiting() == 5);
      assertThat(processed).hasSize(7);
      assertThat(results.count()).isEqualTo(2);

      stream.resume();
      assertThat(results.data(50))
          .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 50).boxed().toList());
    }

    @Test
    void aFullQueueRefusesPublishersInsteadOfLosingWork() {
      open(
          options(1)
              .setRetention(
                  new RetentionOptions(0, 0, 0, 3, RetentionOptions.DEFAULT.limitBytes(), 0)));
      publish(1, 3);
      assertThat(Hub.failure(channel.broadcast(Message.of("t", 4))))
          .isInstanceOf(LogFullException.class);
    }

    @Test
    void whatWasLostByAnotherPolicyIsShownAsOneGap() {
      MessageQueueListener listener =
          open(
              options(2)
                  .setOverflow(OverflowPolicy.GAP)
                  .setRetention(
                      new RetentionOptions(0, 0, 0, 3, RetentionOptions.DEFAULT.limitBytes(), 0)));
      publish(1, 10);
      Received results = new Received(channel.processQueue(listener));
      assertThat(results.events(4)).containsOnlyOnce("_eric_gap");
      assertThat(results.data(4)).contains(8, 9, 10);
    }
  }

  @Nested
  class Cursor {

    @Test
    void theCursorPassesAMessageOnlyWhenItAndAllBeforeItAreWithTheConsumer() {
      MessageQueueListener listener = open(options(2));
      CountDownLatch release = new CountDownLatch(1);
      publish(1, 10);
      Received results =
          new Received(
              channel.processQueue(
                  listener,
                  message -> {
                    if (message.payload().equals(3)) {
                      pass(release);
                    }
                    return message.payload();
                  }));
      assertThat(results.data(9)).doesNotContain(3);
      until(() -> connection().position().sequence() == 2);
      release.countDown();
      results.data(10);
      until(() -> connection().lag() == 0);
    }

    @Test
    void whatWasNotWithTheConsumerIsProcessedAgainByTheNextStream() {
      MessageQueueListener listener = open(options(2));
      publish(1, 10);
      MessageStream<JsonObject> stream = channel.processQueue(listener);
      stream.pause();
      Received first = new Received(stream);
      stream.fetch(4);
      List<Object> got = first.data(4);
      until(() -> progress().waiting() == 6);
      Hub.await(stream.close());
      first.untilEnd();
      assertThat(first.count()).isEqualTo(4);
      assertThat(connection().state()).isEqualTo(ListenerStatus.State.DETACHED);

      Received second = new Received(channel.processQueue(listener));
      until(() -> connection().lag() == 0);
      List<Object> all = new ArrayList<>(got);
      all.addAll(second.data(6));
      assertThat(all).containsAll(IntStream.rangeClosed(1, 10).boxed().toList());
    }

    @Test
    void stoppingTheListenerInItsHandlerRepeatsNothingThatWasHandedOver() {
      MessageQueueListener listener = open(options(1));
      publish(1, 5);
      List<Object> first = new CopyOnWriteArrayList<>();
      Promise<Void> ended = Promise.promise();
      channel
          .processQueue(listener)
          .endHandler(v -> ended.complete())
          .handler(
              item -> {
                first.add(item.getValue("data"));
                if (first.size() == 3) {
                  listener.stop();
                }
              });
      Hub.await(ended.future());
      List<Object> handed = List.copyOf(first);
      Hub.await(listener.start());
      publish(6);
      Received second = new Received(channel.processQueue(listener));
      List<Object> all = new ArrayList<>(handed);
      all.addAll(second.data(6 - handed.size()));
      assertThat(all).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void aSecondStreamTakesTheFirstOneOver() {
      MessageQueueListener listener = open(options(1));
      Received first = new Received(channel.processQueue(listener));
      publish(1);
      first.data(1);
      Received second = new Received(channel.processQueue(listener));
      assertThat(first.untilEnd().get(1).getString("event")).isEqualTo("_eric_taken_over");
      publish(2);
      assertThat(second.data(1)).containsExactly(2);
    }

    @Test
    void closingItInItsHandlerRepeatsNothingThatWasHandedOver() {
      MessageQueueListener listener = open(options(1));
      publish(1, 5);
      List<Object> first = new CopyOnWriteArrayList<>();
      Promise<Void> ended = Promise.promise();
      MessageStream<JsonObject> stream = channel.processQueue(listener);
      stream
          .endHandler(v -> ended.complete())
          .handler(
              item -> {
                first.add(item.getValue("data"));
                stream.close();
              });
      Hub.await(ended.future());
      assertThat(first).containsExactly(1);
      until(() -> connection().state() == ListenerStatus.State.DETACHED);
      assertThat(new Received(channel.processQueue(listener)).data(4)).containsExactly(2, 3, 4, 5);
    }

    @Test
    void theStreamOfAVerticleEndsWithIt() {
      MessageQueueListener listener = open(options(1));
      List<Object> seen = new CopyOnWriteArrayList<>();
      VerticleBase reader =
          new VerticleBase() {
            @Override
            public Future<?> start() {
              channel.processQueue(listener).handler(item -> seen.add(item.getValue("data")));
              return Future.succeededFuture();
            }
          };
      String deployment = Hub.await(hub.vertx.deployVerticle(reader));
      publish(1);
      until(() -> seen.size() == 1);
      Hub.await(hub.vertx.undeploy(deployment));
      until(() -> connection().state() == ListenerStatus.State.DETACHED);
      publish(2);
      assertThat(new Received(channel.processQueue(listener)).data(1)).containsExactly(2);
      assertThat(seen).containsExactly(1);
    }

    @Test
    void streamsThatAreClosedAtOnceLeaveNothing() {
      MessageQueueListener listener = open(options(1));
      for (int i = 0; i < 20; i++) {
        MessageStream<JsonObject> stream = channel.processQueue(listener);
        Received received = new Received(stream);
        Hub.await(stream.close());
        received.untilEnd();
      }
      publish(1);
      assertThat(new Received(channel.processQueue(listener)).data(1)).containsExactly(1);
    }

    @Test
    void removingTheChannelEndsTheStreamWithAnEvent() {
      MessageQueueListener listener = open(options(1));
      Received results = new Received(channel.processQueue(listener));
      publish(1);
      results.data(1);
      Hub.await(hub.channels.rm("work"));
      assertThat(results.untilEnd().get(1).getString("event")).isEqualTo("_eric_channel_closed");
    }
  }

  @Nested
  class End {

    @Test
    void theStreamEndsWhenAllBeforeTheEndIsDone() {
      MessageQueueListener listener = open(options(3));
      CountDownLatch release = new CountDownLatch(1);
      publish(1, 10);
      Hub.await(channel.notifyEnd());
      Received results =
          new Received(
              channel.processQueue(
                  listener,
                  message -> {
                    if (message.payload().equals(1)) {
                      pass(release);
                    }
                    return message.payload();
                  }));
      assertThat(results.events(9)).as("it is not over yet").containsOnly("t");
      release.countDown();
      List<JsonObject> all = results.untilEnd();
      assertThat(all).hasSize(11);
      assertThat(all.get(9).getValue("data")).isEqualTo(1);
      assertThat(all.get(10).getString("event")).isEqualTo("_eric_channel_closed");
      assertThat(all.get(10).getValue("data")).isNull();
      until(() -> connection().lag() == 0);
    }

    @Test
    void whatComesAfterTheEndIsForTheNextStream() {
      MessageQueueListener listener = open(options(2));
      publish(1);
      Hub.await(channel.notifyEnd());
      publish(2);
      assertThat(new Received(channel.processQueue(listener)).untilEnd())
          .extracting(item -> item.getValue("data"))
          .containsExactly(1, null);
      assertThat(new Received(channel.processQueue(listener)).data(1)).containsExactly(2);
    }

    @Test
    void publishersCannotSendTheEndThemselves() {
      open(options(1));
      assertThat(Hub.failure(channel.broadcast(Message.of("_eric_channel_closed", null))))
          .hasMessageContaining("reserved");
      assertThat(
              Hub.failure(
                  channel.dispatch(
                      "queue", Message.of("_eric_channel_closed", null).signedBy("queue"))))
          .hasMessageContaining("reserved");
    }

    @Test
    void ordinaryStreamsEndToo() {
      MessageQueueListener listener = open(options(1));
      publish(1);
      Hub.await(channel.notifyEnd());
      assertThat(new Received(channel.messageStream(listener)).untilEnd())
          .extracting(item -> item.getString("event"))
          .containsExactly("t", "_eric_channel_closed");
    }
  }

  @Nested
  class Progress {

    @Test
    void theSnapshotAddsUp() {
      MessageQueueListener listener = open(options(2));
      CountDownLatch release = new CountDownLatch(1);
      publish(1, 10);
      assertThat(progress()).isEqualTo(new ProcessingProgress(0, 0, 0, 0, 0, 10, 0, false));
      Received results =
          new Received(
              channel.processQueue(
                  listener,
                  message -> {
                    if ((int) message.payload() > 4) {
                      pass(release);
                    }
                    if (message.payload().equals(2)) {
                      throw new IllegalStateException("two");
                    }
                    return null;
                  }));
      results.items(4);
      until(() -> progress().underWay() == 2 && progress().waiting() == 0);
      ProcessingProgress now = progress();
      assertThat(now.done()).isEqualTo(3);
      assertThat(now.failed()).isEqualTo(1);
      assertThat(now.pending()).isEqualTo(4);
      assertThat(now.rate()).isPositive();
      assertThat(now.open()).isTrue();
      JsonObject answer = hub.ask("work", new JsonObject().put("v", "progress").put("r", "queue"));
      assertThat(answer.getJsonObject("result").getLong("done")).isEqualTo(3);
      release.countDown();
      results.items(10);
      until(() -> progress().done() == 9 && progress().waiting() == 0);
    }

    @Test
    void progressIsPublishedWhileItChangesAndAtTheEnd() {
      MessageQueueListener listener = open(options(2).setProgressInterval(10));
      List<JsonObject> events = new CopyOnWriteArrayList<>();
      Hub.await(
          hub.vertx
              .eventBus()
              .<JsonObject>localConsumer(
                  "eric.progress.work/queue", event -> events.add(event.body()))
              .completion());
      publish(1, 5);
      Hub.await(channel.notifyEnd());
      new Received(channel.processQueue(listener)).untilEnd();
      until(() -> !events.isEmpty() && !events.get(events.size() - 1).getBoolean("open"));
      JsonObject last = events.get(events.size() - 1);
      assertThat(last.getLong("done")).isEqualTo(5);
      assertThat(last.getLong("pending")).isZero();
    }

    @Test
    void nobodysProgressIsRefused() {
      open(options(1));
      assertThat(Hub.failure(channel.progress("none")))
          .isInstanceOf(InvalidListenerException.class);
    }
  }

  @Nested
  class Options {

    @Test
    void optionsSurviveBeingWrittenAndRead() {
      DataProcessingChannelOptions options =
          options(3).setMaxResults(4).setMaxLeases(5).setProgressInterval(6).setStreamDelay(0.5);
      assertThat(new DataProcessingChannelOptions(options.toJson()).toJson())
          .isEqualTo(options.toJson());
      assertThat(new DataProcessingChannelOptions(new JsonObject()).getOverflow())
          .isEqualTo(OverflowPolicy.REJECT);
    }

    @Test
    void wrongOptionsAreRefusedByName() {
      for (String name : List.of("maxWorkers", "maxResults", "maxLeases", "progressInterval")) {
        assertThatThrownBy(() -> new DataProcessingChannelOptions(new JsonObject().put(name, -1)))
            .hasMessageContaining(name);
      }
      assertThatThrownBy(() -> new DataProcessingChannelOptions(new JsonObject().put("retry", 5)))
          .hasMessageContaining("retry");
    }

    @Test
    void aChannelIsNotUsableBeforeItIsDeployed() {
      DataProcessingChannel undeployed = new DataProcessingChannel();
      assertThatThrownBy(() -> undeployed.processQueue(new MessageQueueListener()))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(undeployed::notifyEnd).isInstanceOf(IllegalStateException.class);
    }
  }
}
