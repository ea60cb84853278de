package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.bus.Counter;
import io.eric.bus.Meters;
import io.eric.edge.EdgeOptions;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that ask faster than they read, or begin what they do not end. */
@Timeout(60)
class UnreadAnswersTest {

  private final Vertx clients = Vertx.vertx();
  private HttpHub hub;

  private void start(HttpOptions options) {
    hub = new HttpHub(options);
    hub.channel("news");
  }

  @AfterEach
  void nextClientIsServed() {
    assertThat(hub.request("GET", "/healthz").statusCode()).isEqualTo(200);
    hub.close();
    HttpHub.await(clients.close());
  }

  private long counted(Counter counter) {
    return Meters.of(hub.vertx).get(counter);
  }

  @Test
  void pipelinedRequestsWaitForTheirClientAndAreAllAnsweredInOrder() throws Exception {
    start(new HttpOptions());
    int rounds = 300;
    try (RawClient client = new RawClient(hub.port(), 16 << 10)) {
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < rounds; i++) {
                  client.get("/openapi.json");
                  client.post("/broadcast?channel_id=news", HttpHub.message("t", i));
                }
              });
      await().until(() -> counted(Counter.REQUESTS_WAITED) > 0);
      for (int i = 1; i <= rounds; i++) {
        assertThat(client.body(client.head())).startsWith("{\n").contains("\"openapi\"");
        RawClient.Head head = client.head();
        assertThat(head.header("eric-message-id")).endsWith("-" + i);
        assertThat(client.body(head)).isEqualTo("null");
      }
      sent.join();
    }
  }

  @Test
  void whoNeverReadsIsClosedAtTheWriteDeadline() {
    start(new HttpOptions().setEdge(new EdgeOptions().setWriteDeadline(300)));
    try (RawClient client = new RawClient(hub.port(), 16 << 10)) {
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 100_000; i++) {
                  client.get("/openapi.json");
                }
              });
      await().until(() -> counted(Counter.ANSWERS_UNREAD) == 1);
      await().until(sent::isCompletedExceptionally);
    }
  }

  @Test
  void theConnectionThatLeavesMostIsClosedWhenAllTogetherLeaveTooMuch() {
    start(new HttpOptions().setMaxUnsentAnswers(100_000));
    List<RawClient> connections = new ArrayList<>();
    List<CompletableFuture<Void>> sending = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      RawClient client = new RawClient(hub.port(), 16 << 10);
      connections.add(client);
      sending.add(
          CompletableFuture.runAsync(
              () -> {
                for (int j = 0; j < 100_000; j++) {
                  client.get("/openapi.json");
                }
              }));
    }
    await().until(() -> counted(Counter.ANSWERS_OVER_BUDGET) >= 1);
    await().until(() -> sending.stream().anyMatch(CompletableFuture::isCompletedExceptionally));
    connections.forEach(RawClient::close);
  }

  // ---- WebSockets

  private RawClient webSocket() {
    RawClient client = hub.connect();
    client.get(
        "/eventbus/websocket",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    assertThat(client.head().status()).isEqualTo("HTTP/1.1 101 Switching Protocols");
    return client;
  }

  private static byte[] beginningOfAFrame(int announced, int sent) {
    return Buffer.buffer()
        .appendUnsignedByte((short) 0x81)
        .appendUnsignedByte((short) (0x80 | 126))
        .appendUnsignedShort(announced)
        .appendInt(0)
        .appendBytes(" ".repeat(sent).getBytes(StandardCharsets.US_ASCII))
        .getBytes();
  }

  /** The second byte of the code, which is no UTF-8, is read as U+FFFD. */
  private static void assertClosed(RawClient client, String reason) {
    client.send(" ".repeat(1_000)); // the rest of the frame, and the answer of a client
    client.send(new byte[] {(byte) 0x88, (byte) 0x80, 0, 0, 0, 0});
    assertThat(client.toEnd()).endsWith("\u0003\ufffd" + reason);
  }

  @Test
  void unfinishedMessagesOfWebSocketsShareTheBudgetOfBodies() {
    start(new HttpOptions().setMaxBufferedBodies(5_000));
    try (RawClient first = webSocket();
        RawClient second = webSocket()) {
      first.send(beginningOfAFrame(4_000, 3_000));
      first.send(" ".repeat(500));
      await()
          .untilAsserted(
              () ->
                  assertThat(hub.request("POST", "/publish", " ".repeat(4_000)).statusCode())
                      .isEqualTo(503));
      second.send(beginningOfAFrame(4_000, 3_000));
      assertClosed(second, "too many messages are under way, try again later");
      assertThat(counted(Counter.WEBSOCKET_MESSAGES_REFUSED)).isEqualTo(1);
      first.send(" ".repeat(500)); // finished, and no bridge message
      await()
          .untilAsserted(
              () ->
                  assertThat(hub.request("POST", "/publish", " ".repeat(4_000)).statusCode())
                      .isEqualTo(400));
    }
  }

  @Test
  void aMessageThatIsNotFinishedInTimeEndsItsWebSocket() {
    start(new HttpOptions().setRequestTimeout(300));
    try (RawClient client = webSocket()) {
      client.send(beginningOfAFrame(4_000, 3_000));
      await().until(() -> counted(Counter.HTTP_DAWDLERS) == 1);
      assertClosed(client, "a message took longer than http.requestTimeout");
    }
  }

  // ---- HTTP/2

  private HttpClientAgent http2() {
    return clients
        .httpClientBuilder()
        .with(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2MultiplexingLimit(1_000))
        .with(new PoolOptions().setHttp2MaxSize(1))
        .build();
  }

  private HttpClientRequest request(HttpClientAgent client, HttpMethod method, String path) {
    return HttpHub.await(client.request(method, hub.port(), "127.0.0.1", path));
  }

  @Test
  void watchersThatLeaveDoNotTakeTheOthersWithThem() {
    start(new HttpOptions().setMaxResetsPerConnection(10));
    HttpClientAgent proxy = http2();
    List<HttpClientRequest> leaving = new ArrayList<>();
    AtomicInteger received = new AtomicInteger();
    for (int i = 0; i < 260; i++) {
      HttpClientRequest watch = request(proxy, HttpMethod.GET, "/watch/news");
      HttpClientResponse answer = HttpHub.await(watch.send());
      assertThat(answer.statusCode()).isEqualTo(200);
      if (i % 26 == 0) {
        answer.handler(
            bytes -> {
              if (bytes.toString().contains("event: t\n")) {
                received.incrementAndGet();
              }
            });
      } else {
        leaving.add(watch);
      }
    }
    leaving.forEach(HttpClientRequest::reset);
    hub.broadcast("news", "t", 1);
    await().untilAsserted(() -> assertThat(received).hasValue(10));
    assertThat(counted(Counter.HTTP_RESETS_CLOSED)).isZero();
    HttpHub.await(proxy.close());
  }

  @Test
  void requestsThatAreResetUnansweredEndTheConnection() {
    start(new HttpOptions().setMaxResetsPerConnection(10));
    HttpClientAgent attacker = http2();
    HttpClientRequest open = request(attacker, HttpMethod.GET, "/watch/news");
    HttpClientResponse stream = HttpHub.await(open.send());
    CompletableFuture<Throwable> cut = new CompletableFuture<>();
    stream.exceptionHandler(cut::complete);
    for (int i = 0; i < 11; i++) {
      HttpClientRequest reset = request(attacker, HttpMethod.POST, "/publish");
      HttpHub.await(reset.setChunked(true).write("["));
      reset.reset();
    }
    await().until(() -> counted(Counter.HTTP_RESETS_CLOSED) == 1);
    await().until(cut::isDone);
    HttpHub.await(attacker.close());
  }
}
