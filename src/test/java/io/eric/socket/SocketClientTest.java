package io.eric.socket;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.InvalidChannelException;
import io.eric.InvalidListenerException;
import io.eric.InvalidMessageFormatException;
import io.eric.Message;
import io.eric.MessageStream;
import io.eric.UnavailableException;
import io.eric.options.SocketOptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SocketClientTest {

  private SocketHub hub;
  private SocketClient client;

  @BeforeEach
  void start() throws Exception {
    hub = new SocketHub();
    client = new SocketClient(hub.vertx, hub.path.toString());
  }

  @AfterEach
  void stop() throws Exception {
    SocketHub.await(client.close());
    hub.close();
  }

  @Test
  void listsComeInParts() throws Exception {
    for (String id : new String[] {"b", "a", "c"}) {
      get(client.createChannel(id));
      get(client.register("b", id + "1"));
    }
    assertThat(get(client.channelIds(null, 2))).containsExactly("b", "a");
    assertThat(get(client.channelIds("a", 2))).containsExactly("c");
    assertThat(get(client.listenerIds("b", null, 2))).containsExactly("b1", "a1");
    assertThat(get(client.listenerIds("b", "a1", 2))).containsExactly("c1");
  }

  @Test
  void everyMethodDoesWhatItsCommandDoes() throws Exception {
    assertThat(get(client.createChannel())).hasSize(36);
    assertThat(get(client.createChannel("ch"))).isEqualTo("ch");
    assertThat(get(client.register("ch"))).hasSize(36);
    assertThat(get(client.register("ch", "me"))).isEqualTo("me");
    assertThat(get(client.channelIds())).hasSize(2).contains("ch");
    assertThat(get(client.listenerIds("ch"))).hasSize(2).endsWith("me");
    get(client.broadcastMessage("ch", "t", new JsonObject().put("a", 1)));
    get(client.dispatch("ch", "me", "t", null));
    get(client.stop("ch", "me"));
    get(client.removeListener("ch", "me"));
    get(client.removeChannel("ch"));
    get(client.ping());
    assertThat(get(client.sendPayload(new JsonObject().put("v", "ping")))).isEqualTo("pong");
    assertThat(hub.connections()).isEqualTo(1);
  }

  @Test
  void errorsAreExceptions() throws Exception {
    get(client.createChannel("ch"));
    get(client.register("ch", "me"));
    assertThat(failure(client.createChannel("ch")))
        .isInstanceOf(InvalidChannelException.class)
        .extracting("code")
        .isEqualTo(409);
    assertThat(failure(client.register("no")))
        .isInstanceOf(InvalidChannelException.class)
        .hasMessage("No channel with id no")
        .extracting("code")
        .isEqualTo(404);
    assertThat(failure(client.register("ch", "me"))).isInstanceOf(InvalidListenerException.class);
    assertThat(failure(client.broadcastMessage("ch", "a\nb", 1)))
        .isInstanceOf(InvalidMessageFormatException.class);
    assertThat(failure(client.broadcastMessage("ch", "t", Double.NaN)))
        .isInstanceOf(InvalidMessageFormatException.class);
    assertThat(failure(client.sendPayload(new JsonObject().put("v", "l"))))
        .isInstanceOf(InvalidMessageFormatException.class);
    get(client.ping());
  }

  @Test
  void aStreamDeliversWhatQueuedAndWhatComes() throws Exception {
    get(client.createChannel("ch"));
    get(client.register("ch", "me"));
    get(client.broadcastMessage("ch", "t", "queued \uD83D\uDE00"));
    BlockingQueue<JsonObject> seen = new LinkedBlockingQueue<>();
    CompletableFuture<Void> ended = new CompletableFuture<>();
    MessageStream<JsonObject> stream = client.stream("ch", "me");
    stream.endHandler(v -> ended.complete(null)).handler(seen::add);
    get(stream.attached());
    JsonObject first = seen.poll(30, SECONDS);
    assertThat(first.getString("event")).isEqualTo("t");
    assertThat(first.getString("data")).isEqualTo("queued \uD83D\uDE00");
    assertThat(first.getInteger("retry")).isEqualTo(5);
    get(client.dispatch("ch", "me", "u", 2));
    assertThat(seen.poll(30, SECONDS).getInteger("data")).isEqualTo(2);
    get(client.removeChannel("ch"));
    ended.get(30, SECONDS);
    assertThat(seen.poll(30, SECONDS).getString("event")).isEqualTo(Message.CHANNEL_CLOSED);

    assertThat(seen).isEmpty();
  }

  @Test
  void aStreamEndsAlthoughTheUsersHandlersThrow() throws Exception {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    MessageStream<JsonObject> stream = client.watch("no");
    stream
        .exceptionHandler(
            failure -> {
              throw new IllegalStateException("of the user");
            })
        .endHandler(
            v -> {
              ended.complete(null);
              throw new IllegalStateException("of the user");
            })
        .handler(message -> {});
    ended.get(30, SECONDS);
    get(stream.close());
    assertThat(failure(stream.attached())).isInstanceOf(InvalidChannelException.class);
  }

  @Test
  void aStreamResumesAfterAPosition() throws Exception {
    get(client.createChannel("ch"));
    get(client.register("ch", "me"));
    get(client.broadcastMessage("ch", "t", 1));
    get(client.broadcastMessage("ch", "t", 2));
    BlockingQueue<JsonObject> seen = new LinkedBlockingQueue<>();
    MessageStream<JsonObject> stream = client.stream("ch", "me");
    stream.handler(seen::add);
    String id = seen.poll(30, SECONDS).getString("id");
    get(stream.close());
    seen.clear();
    client.stream("ch", "me", id).handler(seen::add);
    assertThat(seen.poll(30, SECONDS).getInteger("data")).isEqualTo(2);
  }

  @Test
  void aPausedStreamGivesWhatIsFetched() throws Exception {
    get(client.createChannel("ch"));
    get(client.register("ch", "me"));
    for (int i = 0; i < 5; i++) {
      get(client.broadcastMessage("ch", "t", i));
    }
    BlockingQueue<JsonObject> seen = new LinkedBlockingQueue<>();
    MessageStream<JsonObject> stream = client.stream("ch", "me");
    stream.pause();
    stream.handler(seen::add);
    stream.fetch(2);
    assertThat(seen.poll(30, SECONDS).getInteger("data")).isZero();
    assertThat(seen.poll(30, SECONDS).getInteger("data")).isEqualTo(1);
    get(client.ping());
    assertThat(seen).isEmpty();
    stream.resume();
    assertThat(seen.poll(30, SECONDS).getInteger("data")).isEqualTo(2);
  }

  @Test
  void aWatchSeesBroadcastsAndGoesWhenClosed() throws Exception {
    get(client.createChannel("ch"));
    BlockingQueue<JsonObject> seen = new LinkedBlockingQueue<>();
    MessageStream<JsonObject> watch = client.watch("ch");
    watch.handler(seen::add);
    await()
        .until(
            () -> {
              get(client.broadcastMessage("ch", "t", 1));
              return !seen.isEmpty();
            });
    get(watch.close());
    await().until(() -> hub.connections() == 1);
  }

  @Test
  void aStreamThatCannotOpenSaysWhyAndEnds() throws Exception {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    CompletableFuture<Void> ended = new CompletableFuture<>();
    client
        .watch("no")
        .exceptionHandler(failure::complete)
        .endHandler(v -> ended.complete(null))
        .handler(message -> {});
    assertThat(failure.get(30, SECONDS)).isInstanceOf(InvalidChannelException.class);
    ended.get(30, SECONDS);
  }

  @Test
  void manyCommandsAreUnderWayOnOneConnectionAndAnsweredInOrder() throws Exception {
    get(client.createChannel("ch"));
    get(client.register("ch", "me"));
    List<Integer> order = new ArrayList<>();
    List<Future<Void>> all = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      int number = i;
      all.add(client.broadcastMessage("ch", "t", i).onSuccess(v -> order.add(number)));
    }
    get(Future.all(all));
    assertThat(order).isEqualTo(IntStream.range(0, 5_000).boxed().toList());
    assertThat(hub.connections()).isEqualTo(1);
  }

  @Test
  void aPublisherKeepsItsWindowAndLosesNothing() throws Exception {
    get(client.createChannel("ch"));
    get(client.register("ch", "me"));
    WriteStream<Message> publisher = client.publisher("ch").setWriteQueueMaxSize(10);
    int count = 3_000;
    CompletableFuture<Void> done = new CompletableFuture<>();
    publishFrom(publisher, 0, count, done);
    done.get(60, SECONDS);
    BlockingQueue<JsonObject> seen = new LinkedBlockingQueue<>();
    client.stream("ch", "me").handler(seen::add);
    for (int i = 0; i < count; i++) {
      assertThat(seen.poll(30, SECONDS).getInteger("data")).isEqualTo(i);
    }
  }

  private static void publishFrom(
      WriteStream<Message> publisher, int from, int to, CompletableFuture<Void> done) {
    int next = from;
    while (next < to && !publisher.writeQueueFull()) {
      publisher.write(Message.of("t", next++));
    }
    int reached = next;
    if (reached == to) {
      publisher.end().onSuccess(v -> done.complete(null)).onFailure(done::completeExceptionally);
    } else {
      publisher.drainHandler(v -> publishFrom(publisher, reached, to, done));
      if (!publisher.writeQueueFull()) {
        // The window has drained between the check and the handler.
        publisher.drainHandler(null);
        publishFrom(publisher, reached, to, done);
      }
    }
  }

  @Test
  void aPublishersEndTellsTheFirstFailure() {
    WriteStream<Message> publisher = client.publisher("no");
    publisher.write(Message.of("t", 1));
    assertThat(failure(publisher.end())).isInstanceOf(InvalidChannelException.class);
  }

  @Test
  void aLostConnectionFailsWhatIsUnderWayAndTheNextCommandConnectsAgain() throws Exception {
    get(client.ping());
    SocketHub.await(hub.server.shutdown());
    await()
        .untilAsserted(
            () -> assertThat(failure(client.ping())).isInstanceOf(UnavailableException.class));
    SocketHub.await(
        hub.vertx.deployVerticle(
            new SocketServer(new SocketOptions().setPath(hub.path.toString()))));
    await().untilAsserted(() -> get(client.ping()));
  }

  @Test
  void withoutAServerOrAfterItsCloseEverythingFails() throws Exception {
    SocketClient nobody = new SocketClient(hub.vertx, hub.directory.resolve("none").toString());
    assertThat(failure(nobody.ping()))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("nobody serves");
    SocketHub.await(nobody.close());
    SocketHub.await(client.close());
    assertThat(failure(client.ping())).isInstanceOf(UnavailableException.class);
  }

  private static <T> T get(Future<T> future) throws Exception {
    return SocketHub.await(future);
  }

  private static Throwable failure(Future<?> future) {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    future
        .onFailure(failure::complete)
        .onSuccess(v -> failure.completeExceptionally(new AssertionError("succeeded: " + v)));
    return failure.orTimeout(30, SECONDS).join();
  }
}
