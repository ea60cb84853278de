package io.eric.work;

import static io.eric.testing.Hub.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.options.DataProcessingChannelOptions;
import io.eric.testing.Hub;
import io.eric.testing.Received;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers on the event bus that compete for one queue. */
class DataProcessingWorkerTest {

  private static final String WORK = "eric.channel.work";

  private Hub hub;
  private DataProcessingChannel channel;
  private MessageQueueListener listener;

  @BeforeEach
  void start() {
    hub = Hub.start();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  /** A queue that nobody in this JVM works on. */
  private static DataProcessingChannelOptions options() {
    return new DataProcessingChannelOptions().setId("work").setMaxWorkers(0);
  }

  private void open(DataProcessingChannelOptions options) {
    channel = new DataProcessingChannel(options);
    Hub.await(hub.channels.register(channel));
    listener = new MessageQueueListener("queue");
    Hub.await(channel.registerListener(listener));
    Hub.await(listener.start());
  }

  private void publish(int from, int to) {
    IntStream.rangeClosed(from, to).forEach(i -> Hub.await(channel.broadcast(Message.of("t", i))));
  }

  private Received results() {
    return new Received(channel.processQueue(listener));
  }

  private static JsonObject command(String verb, String worker) {
    return new JsonObject().put("v", verb).put("r", "queue").put("worker", worker);
  }

  private static JsonObject take(String worker, int max) {
    return command("take", worker).put("max", max).put("wait", 4_000);
  }

  /** Takes messages by hand. */
  private List<JsonObject> taken(JsonObject take) {
    return hub.ask("work", take).getJsonObject("result").getJsonArray("messages").stream()
        .map(JsonObject.class::cast)
        .toList();
  }

  private Object answer(JsonObject command) {
    return hub.ask("work", command).getValue("result");
  }

  private Object done(String worker, JsonObject message, Object result) {
    return answer(command("done", worker).put("id", message.getString("id")).put("result", result));
  }

  private ProcessingProgress progress() {
    return Hub.await(channel.progress("queue"));
  }

  @Nested
  class Competing {

    @Test
    void workersShareTheQueueAndEachMessageIsDoneOnce() {
      open(options());
      AtomicInteger calls = new AtomicInteger();
      Set<String> busy = ConcurrentHashMap.newKeySet();
      CountDownLatch bothWork = new CountDownLatch(2);
      for (String name : List.of("a", "b")) {
        Hub.await(
            hub.vertx.deployVerticle(
                new DataProcessingWorker(
                    "work",
                    "queue",
                    2,
                    message -> {
                      calls.incrementAndGet();
                      if (busy.add(name)) {
                        bothWork.countDown();
                      }
                      assertThat(bothWork.await(Hub.PATIENCE, TimeUnit.SECONDS)).isTrue();
                      return 10 * (int) message.payload();
                    })));
      }
      Received results = results();
      publish(1, 100);
      Hub.await(channel.notifyEnd());
      List<Object> data =
          new ArrayList<>(results.untilEnd().stream().map(item -> item.getValue("data")).toList());
      assertThat(data.remove(100)).as("the end").isNull();
      assertThat(data)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.rangeClosed(1, 100).map(i -> 10 * i).boxed().toList());
      assertThat(calls).hasValue(100);
    }

    @Test
    void workersOfThisJvmAndOfTheBusWorkTogether() throws Exception {
      open(options().setMaxWorkers(1));
      publish(1, 2);
      CountDownLatch both = new CountDownLatch(2);
      Processor together =
          message -> {
            both.countDown();
            assertThat(both.await(Hub.PATIENCE, TimeUnit.SECONDS)).isTrue();
            return message.payload();
          };
      Hub.await(hub.vertx.deployVerticle(new DataProcessingWorker("work", "queue", 1, together)));
      Received results = new Received(channel.processQueue(listener, together));
      assertThat(results.data(2)).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void aScriptTakesMessagesAndFinishesThemInAnyOrder() {
      open(options());
      Received results = results();
      publish(1, 3);
      List<JsonObject> messages = new ArrayList<>();
      while (messages.size() < 3) {
        messages.addAll(taken(take("script", 3)));
      }
      assertThat(messages).extracting(m -> m.getValue("data")).containsExactly(1, 2, 3);
      assertThat(messages.get(0).fieldNames())
          .containsExactlyInAnyOrder("event", "data", "id", "delivery");
      assertThat(progress().underWay()).isEqualTo(3);
      assertThat(done("script", messages.get(2), "three")).isEqualTo("ack");
      assertThat(done("script", messages.get(0), null)).isEqualTo("ack");
      JsonObject asItIs = command("done", "script").put("id", messages.get(1).getString("id"));
      assertThat(answer(asItIs)).isEqualTo("ack");
      assertThat(results.data(3)).containsExactly("three", null, 2);
    }

    @Test
    void aWorkerHasNoMoreThanItsLeasesAndWaitsForOneToBeFree() {
      open(options().setMaxLeases(2));
      results();
      publish(1, 10);
      List<JsonObject> first = taken(take("greedy", 10));
      assertThat(first).hasSize(2);
      assertThat(taken(take("greedy", 10).put("wait", 0))).isEmpty();
      assertThat(taken(take("modest", 1))).hasSize(1);
      Future<JsonObject> waiting = hub.request(WORK, take("greedy", 10));
      done("greedy", first.get(0), 1);
      assertThat(Hub.await(waiting).getJsonObject("result").getJsonArray("messages")).hasSize(1);
    }

    @Test
    void unreadResultsStopTheWorkersToo() {
      open(options().setMaxResults(3));
      var stream = channel.processQueue(listener);
      stream.pause();
      Received results = new Received(stream);
      publish(1, 10);
      List<JsonObject> messages = new ArrayList<>();
      while (messages.size() < 3) {
        messages.addAll(taken(take("w", 10)));
      }
      messages.forEach(message -> done("w", message, 0));
      assertThat(taken(take("w", 10).put("wait", 0))).isEmpty();
      stream.fetch(1);
      results.items(1);
      assertThat(taken(take("w", 10))).hasSize(1);
    }

    @Test
    void aWorkerMayBeThereBeforeTheQueueIsProcessedAndBeforeTheChannel() {
      Hub.await(
          hub.vertx.deployVerticle(
              new DataProcessingWorker("work", "queue", 1, message -> "early")));
      open(options());
      publish(1, 1);
      assertThat(taken(take("other", 1).put("wait", 10))).as("not processed yet").isEmpty();
      assertThat(results().data(1)).containsExactly("early");
    }

    @Test
    void aRequestThatWaitsIsAnsweredWhenTheQueueIsClosed() {
      open(options());
      Received results = results();
      until(() -> progress().open());
      Future<JsonObject> waiting = hub.request(WORK, take("w", 1));
      Hub.await(results.stream.close());
      assertThat(Hub.await(waiting).getJsonObject("result").getJsonArray("messages")).isEmpty();
    }
  }

  @Nested
  class Dying {

    @Test
    void aMessageOfAWorkerThatDiesGoesToAnotherOne() {
      open(options().setAckTimeout(50));
      Received results = results();
      publish(1, 1);
      JsonObject first = taken(take("dies", 1)).get(0);
      JsonObject second = taken(take("lives", 1)).get(0);
      assertThat(second.getString("id")).isEqualTo(first.getString("id"));
      assertThat(first.getInteger("delivery")).isEqualTo(1);
      assertThat(second.getInteger("delivery")).isEqualTo(2);
      assertThat(done("dies", first, "zombie")).as("it is not its own any more").isEqualTo("late");
      while (!done("lives", second, "ok").equals("ack")) { // this test may be slow itself
        second = taken(take("lives", 1)).get(0);
      }
      assertThat(results.data(1)).containsExactly("ok");
      assertThat(progress().redelivered()).isPositive();
    }

    @Test
    void aMessageThatKillsEveryWorkerGivesOneErrorAndTheOthersGoOn() {
      open(options().setAckTimeout(20).setMaxDeliveries(3));
      Received results = results();
      publish(1, 1);
      String id = null;
      for (int i = 1; i <= 3; i++) {
        JsonObject message = taken(take("w" + i, 1)).get(0);
        assertThat(message.getInteger("delivery")).isEqualTo(i);
        id = message.getString("id");
      }
      JsonObject error = results.items(1).get(0);
      assertThat(error.getString("event")).isEqualTo("_eric_error");
      assertThat(error.getJsonObject("data").getString("error")).isEqualTo("Timeout");
      assertThat(error.getJsonObject("data").getString("id")).isEqualTo(id);
      Hub.await(hub.vertx.deployVerticle(new DataProcessingWorker("work", "queue", 1, m -> "ok")));
      publish(2, 2);
      assertThat(results.data(2).get(1)).isEqualTo("ok");
    }

    @Test
    void aWorkerThatLivesKeepsItsMessageHoweverLongItTakes() throws Exception {
      open(options().setAckTimeout(2_000));
      AtomicInteger renewals = new AtomicInteger();
      hub.vertx
          .eventBus()
          .addOutboundInterceptor(
              sending -> {
                if (sending.body() instanceof JsonObject body
                    && "renew".equals(body.getString("v"))) {
                  renewals.incrementAndGet();
                }
                sending.next();
              });
      CountDownLatch release = new CountDownLatch(1);
      Hub.await(
          hub.vertx.deployVerticle(
              new DataProcessingWorker(
                  "work",
                  "queue",
                  1,
                  message -> {
                    assertThat(release.await(Hub.PATIENCE, TimeUnit.SECONDS)).isTrue();
                    return "at last";
                  })));
      Received results = results();
      publish(1, 1);
      until(() -> renewals.get() == 4); // a third of the lease each
      assertThat(progress().redelivered()).isZero();
      assertThat(progress().underWay()).isEqualTo(1);
      release.countDown();
      assertThat(results.data(1)).containsExactly("at last");
    }

    @Test
    void renewingProlongsWhatIsNamedAndNothingElse() {
      open(options());
      results();
      publish(1, 3);
      List<JsonObject> messages = new ArrayList<>();
      while (messages.size() < 3) {
        messages.addAll(taken(take("w", 3)));
      }
      JsonArray ids = new JsonArray().add(messages.get(0).getString("id")).add("none-1");
      assertThat(answer(command("renew", "w").put("ids", ids))).isEqualTo(1);
      assertThat(answer(command("renew", "w"))).isEqualTo(3);
      assertThat(answer(command("renew", "stranger"))).isEqualTo(0);
    }

    @Test
    void aWorkerThatIsUndeployedFinishesWhatItHasAndTakesNoMore() {
      open(options());
      Received results = results();
      CountDownLatch started = new CountDownLatch(1);
      Promise<Object> finish = Promise.promise();
      String worker =
          Hub.await(
              hub.vertx.deployVerticle(
                  new DataProcessingWorker(
                      "work",
                      "queue",
                      1,
                      message -> {
                        started.countDown();
                        return finish.future();
                      })));
      publish(1, 2);
      until(() -> started.getCount() == 0);
      Future<Void> undeployed = hub.vertx.undeploy(worker);
      until(() -> progress().underWay() == 1);
      assertThat(undeployed.isComplete()).isFalse();
      finish.complete("finished");
      Hub.await(undeployed);
      assertThat(results.data(1)).containsExactly("finished");
      assertThat(progress().pending()).isEqualTo(1);
    }
  }

  @Nested
  class Failing {

    @Test
    void aFailureOfAWorkerGivesOneErrorAtOnce() {
      open(options());
      Hub.await(
          hub.vertx.deployVerticle(
              new DataProcessingWorker(
                  "work",
                  "queue",
                  1,
                  message -> {
                    if (message.payload().equals(2)) {
                      throw new IllegalArgumentException("no twos");
                    }
                    return message.payload().equals(3) ? Double.NaN : message.payload();
                  })));
      Received results = results();
      publish(1, 4);
      assertThat(results.events(4)).containsExactly("t", "_eric_error", "_eric_error", "t");
      assertThat(results.items(4).get(1).getJsonObject("data").getString("message"))
          .isEqualTo("no twos");
      assertThat(results.items(4).get(2).getJsonObject("data").getString("message"))
          .contains("NaN");
    }

    @Test
    void aWorkerMayPassAMessageOnToAnotherOne() {
      open(options().setMaxDeliveries(2));
      Received results = results();
      publish(1, 1);
      for (int i = 1; i <= 2; i++) {
        JsonObject message = taken(take("w" + i, 1)).get(0);
        assertThat(message.getInteger("delivery")).isEqualTo(i);
        answer(
            command("fail", "w" + i)
                .put("id", message.getString("id"))
                .put("message", "not by me")
                .put("retry", true));
      }
      assertThat(results.items(1).get(0).getJsonObject("data").getString("message"))
          .isEqualTo("not by me");
    }

    @Test
    void aResultThatIsTooLargeIsAnError() {
      open(options().setMaxPayload(100));
      Hub.await(
          hub.vertx.deployVerticle(
              new DataProcessingWorker("work", "queue", 1, message -> "x".repeat(200))));
      Received results = results();
      publish(1, 1);
      assertThat(results.events(1)).containsExactly("_eric_error");
      assertThat(results.items(1).get(0).getJsonObject("data").getString("message"))
          .contains("202", "100");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{'v':'take','r':'queue'}",
          "{'v':'take','r':'queue','worker':'a b'}",
          "{'v':'take','worker':'w'}",
          "{'v':'take','r':'queue','worker':'w','max':0}",
          "{'v':'take','r':'queue','worker':'w','max':1.5}",
          "{'v':'take','r':'queue','worker':'w','max':'2'}",
          "{'v':'take','r':'queue','worker':'w','wait':4001}",
          "{'v':'done','r':'queue','worker':'w'}",
          "{'v':'done','r':'queue','id':'x-1'}",
          "{'v':'renew','r':'queue','worker':'w','ids':'x'}",
          "{'v':'renew','r':'queue','worker':'w','ids':[1]}",
          "{'v':'progress'}",
        })
    void aBadCommandIsRefused(String command) {
      open(options());
      ReplyException refused = hub.refused("work", new JsonObject(command.replace('\'', '"')));
      assertThat(refused.failureCode()).isEqualTo(400);
      assertThat(refused.getMessage()).startsWith("InvalidMessageFormat");
    }

    @ParameterizedTest
    @ValueSource(strings = {"take", "renew", "progress"})
    void aCommandAboutNobodysQueueIsRefused(String verb) {
      open(options());
      assertThat(hub.refused("work", command(verb, "w").put("r", "none")).failureCode())
          .isEqualTo(404);
    }

    @Test
    void otherChannelsDoNotKnowTheseCommands() {
      hub.channel("plain");
      assertThat(hub.refused("plain", take("w", 1)).failureCode()).isEqualTo(400);
    }

    @Test
    void whatIsNotAWorkersOwnIsLate() {
      open(options());
      results();
      publish(1, 1);
      JsonObject message = taken(take("owner", 1)).get(0);
      assertThat(done("thief", message, 0)).isEqualTo("late");
      assertThat(answer(command("fail", "owner").put("id", "garbage"))).isEqualTo("late");
      assertThat(done("owner", message, 0)).isEqualTo("ack");
      assertThat(done("owner", message, 0)).as("once").isEqualTo("late");
    }

    @Test
    void aWorkerWithoutThreadsIsRefused() {
      assertThatThrownBy(() -> new DataProcessingWorker("c", "l", 0, m -> null))
          .hasMessageContaining("maxWorkers");
    }
  }
}
