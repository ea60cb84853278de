package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.Command;
import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.options.EdgeOptions;
import io.eric.options.HttpOptions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many requests on one connection of HTTP/2: honest ones are answered, the others are counted. */
@Timeout(60)
class MultiplexedAnswersTest {

  private HttpHub hub;

  private void start(HttpOptions options) {
    hub = new HttpHub(options);
    hub.channel("news");
  }

  @AfterEach
  void nextClientIsServed() {
    assertThat(hub.request("GET", "/healthz").statusCode()).isEqualTo(200);
    hub.close();
  }

  private double unsent() {
    return HttpHub.await(Meters.of(hub.vertx).sample(hub.vertx)).get(GaugeName.UNSENT_ANSWERS);
  }

  /** Adds listeners with long names, so that a list of them takes many pieces. */
  private void listeners(int count) {
    BusClient bus = new BusClient(hub.vertx);
    List<Future<?>> added = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      added.add(bus.command(new Command.AddListener("news", "x".repeat(100) + i)));
    }
    HttpHub.await(Future.all(added));
  }

  @Test
  void answersThatAreTakenAtOnceLeaveNothingBehind() {
    start(new HttpOptions().setMaxResetsPerConnection(10));
    listeners(20);
    try (Http2Client client = new Http2Client(hub)) {
      for (int i = 0; i < 50; i++) {
        assertThat(HttpHub.await(client.get("/channels"))).isEqualTo(200);
        assertThat(HttpHub.await(client.get("/"))).isEqualTo(200);
        assertThat(HttpHub.await(client.get("/readyz"))).isEqualTo(200);
      }
      await().until(() -> unsent() == 0);
      assertThat(hub.counted(CounterName.HTTP_RESETS_CLOSED)).isZero();
    }
  }

  @Test
  void manyRequestsAtATimeAreAllAnsweredAndNoneIsReset() {
    start(new HttpOptions().setMaxResetsPerConnection(10));
    try (Http2Client client = new Http2Client(hub)) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 800; i++) {
        answers.add(client.get("/openapi.json"));
      }
      HttpHub.await(Future.all(answers));
      assertThat(answers).extracting(Future::result).containsOnly(200);
      assertThat(hub.counted(CounterName.REQUESTS_WAITED)).isPositive();
      assertThat(hub.counted(CounterName.HTTP_RESETS_CLOSED)).isZero();
      await().until(() -> unsent() == 0);
    }
  }

  @Test
  void refusedStreamsThatNobodyReadsCountUntilTheyAreOver() {
    start(new HttpOptions().setMaxRequests(100));
    // Vert.x flushes the head of an answer with the first byte of its body, so one may come.
    try (Http2Client deaf = new Http2Client(hub, 1)) {
      List<HttpClientRequest> asked = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        HttpClientRequest request = deaf.request(HttpMethod.GET, "/stream/nochannel/me");
        HttpClientResponse answer = HttpHub.await(deaf.send(request, HttpClientResponse::pause));
        assertThat(answer.statusCode()).isEqualTo(404);
        asked.add(request);
      }
      assertThat(unsent()).isGreaterThan(50 * 50);
      HttpClientRequest beyond = deaf.request(HttpMethod.GET, "/stream/nochannel/me");
      assertThat(HttpHub.await(beyond.send().transform(Future::succeededFuture)).failed()).isTrue();
      assertThat(hub.counted(CounterName.REQUESTS_OVER_QUOTA)).isEqualTo(1);

      asked.forEach(HttpClientRequest::reset);
      await().until(() -> unsent() == 0);
      HttpClientRequest again = deaf.request(HttpMethod.GET, "/stream/nochannel/me");
      assertThat(HttpHub.await(again.send()).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void whoDoesNotReadAListIsClosedAtTheWriteDeadline() {
    start(new HttpOptions().setEdge(new EdgeOptions().setWriteDeadline(300)));
    listeners(20_000);
    try (RawClient deaf = new RawClient(hub.port(), 4_096)) {
      deaf.get("/");
      await().until(() -> hub.counted(CounterName.ANSWERS_UNREAD) == 1);
    }
    try (Http2Client deaf = new Http2Client(hub, 1_000)) {
      HttpClientRequest request = deaf.request(HttpMethod.GET, "/");
      HttpHub.await(deaf.send(request, HttpClientResponse::pause));
      await().until(() -> hub.counted(CounterName.ANSWERS_UNREAD) == 2);
      await().until(() -> unsent() == 0);
    }
  }

  /** The client stops to want it while it waits for room; nobody is to wait for its body then. */
  @Test
  void aRequestThatIsGivenUpWhileItWaitsDoesNotTakeTheConnectionWithIt() {
    start(new HttpOptions().setMaxUnsentAnswersPerConnection(1).setRequestTimeout(300));
    try (Http2Client proxy = new Http2Client(hub, 1_000)) {
      AtomicInteger received = new AtomicInteger();
      HttpHub.await(
          proxy.send(
              proxy.request(HttpMethod.GET, "/watch/news"),
              watch ->
                  watch.handler(
                      bytes ->
                          received.addAndGet(
                              bytes.toString().split("event: t\n", -1).length - 1))));
      HttpClientResponse slow =
          HttpHub.await(
              proxy.send(
                  proxy.request(HttpMethod.GET, "/openapi.json"), HttpClientResponse::pause));
      HttpClientRequest given = proxy.request(HttpMethod.POST, "/publish");
      given.setChunked(true).putHeader("content-type", "application/json");
      HttpHub.await(given.write("["));
      await().until(() -> hub.counted(CounterName.REQUESTS_WAITED) == 1);
      HttpHub.await(given.reset());
      slow.resume();
      HttpHub.await(slow.end());
      await().until(() -> unsent() == 0);

      waitForADawdler();
      hub.broadcast("news", "t", 1);
      await().untilAsserted(() -> assertThat(received).hasValue(1));
      assertThat(hub.counted(CounterName.HTTP_DAWDLERS)).isEqualTo(1);
    }
  }

  @Test
  void aPingOfAnIdleConnectionBeginsNoRequest() {
    start(new HttpOptions().setRequestTimeout(300));
    try (Http2Client client = new Http2Client(hub)) {
      HttpClientRequest first = client.request(HttpMethod.GET, "/channels");
      // On the connection's event loop: from elsewhere Vert.x may miss the pong that it waits for.
      HttpHub.await(
          client
              .whole(first)
              .compose(answered -> first.connection().ping(Buffer.buffer("12345678"))));
      waitForADawdler();
      HttpClientRequest second = client.request(HttpMethod.GET, "/channels");
      HttpHub.await(client.whole(second));
      assertThat(second.connection()).isSameAs(first.connection());
      assertThat(hub.counted(CounterName.HTTP_DAWDLERS)).isEqualTo(1);
    }
  }

  /** Another connection begins a request and is closed for it: that much time is over then. */
  private void waitForADawdler() {
    try (RawClient dawdler = hub.connect()) {
      dawdler.send("GET / HTTP/1.1\r\n");
      assertThat(dawdler.toEnd()).isEmpty();
    }
  }

  @Test
  void watchersThatLeaveDoNotTakeTheOthersWithThem() {
    start(new HttpOptions().setMaxResetsPerConnection(10));
    try (Http2Client proxy = new Http2Client(hub)) {
      List<HttpClientRequest> leaving = new ArrayList<>();
      AtomicInteger received = new AtomicInteger();
      for (int i = 0; i < 260; i++) {
        boolean stays = i % 26 == 0;
        HttpClientRequest watch = proxy.request(HttpMethod.GET, "/watch/news");
        Future<HttpClientResponse> answer =
            proxy.send(
                watch,
                begun ->
                    begun.handler(
                        bytes -> {
                          if (stays && bytes.toString().contains("event: t\n")) {
                            received.incrementAndGet();
                          }
                        }));
        assertThat(HttpHub.await(answer).statusCode()).isEqualTo(200);
        if (!stays) {
          leaving.add(watch);
        }
      }
      leaving.forEach(HttpClientRequest::reset);
      hub.broadcast("news", "t", 1);
      await().untilAsserted(() -> assertThat(received).hasValue(10));
      assertThat(hub.counted(CounterName.HTTP_RESETS_CLOSED)).isZero();
    }
  }

  @Test
  void requestsThatAreResetUnansweredEndTheConnection() {
    start(new HttpOptions().setMaxResetsPerConnection(10));
    try (Http2Client attacker = new Http2Client(hub)) {
      CompletableFuture<Throwable> cut = new CompletableFuture<>();
      HttpHub.await(
          attacker.send(
              attacker.request(HttpMethod.GET, "/watch/news"),
              stream -> stream.exceptionHandler(cut::complete)));
      for (int i = 0; i < 11; i++) {
        HttpClientRequest reset = attacker.request(HttpMethod.POST, "/publish");
        HttpHub.await(reset.setChunked(true).write("["));
        reset.reset();
      }
      await().until(() -> hub.counted(CounterName.HTTP_RESETS_CLOSED) == 1);
      await().until(cut::isDone);
    }
  }
}
