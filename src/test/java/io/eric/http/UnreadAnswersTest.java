package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.options.EdgeOptions;
import io.eric.options.HttpOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that ask faster than they read, or begin what they do not end. */
@Timeout(60)
class UnreadAnswersTest {

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
      await().until(() -> hub.counted(CounterName.REQUESTS_WAITED) > 0);
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
      await().until(() -> hub.counted(CounterName.ANSWERS_UNREAD) == 1);
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
    await().until(() -> hub.counted(CounterName.ANSWERS_OVER_BUDGET) >= 1);
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
      assertThat(hub.counted(CounterName.WEBSOCKET_MESSAGES_REFUSED)).isEqualTo(1);
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
      await().until(() -> hub.counted(CounterName.HTTP_DAWDLERS) == 1);
      assertClosed(client, "a message took longer than http.requestTimeout");
    }
  }

  private static final String HANDSHAKE =
      "GET /eventbus/websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
          + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

  /** Its payload could be heads of frames. */
  private static final byte[] HEAD_OF_A_MEGABYTE =
      Buffer.buffer()
          .appendUnsignedByte((short) 0x81)
          .appendUnsignedByte((short) (0x80 | 127))
          .appendLong(1_000_000)
          .appendInt(0)
          .getBytes();

  @ParameterizedTest
  @ValueSource(strings = {"\r\n", "Content-Length: 0\r\n\r\n"})
  void aFrameInTheSegmentOfTheHandshakeCounts(String end) {
    start(new HttpOptions().setRequestTimeout(1_000));
    byte[] handshake = (HANDSHAKE + end).getBytes(StandardCharsets.US_ASCII);
    byte[] headsOfFrames = new byte[6 * 1_000];
    for (int i = 0; i < headsOfFrames.length; i += 6) {
      headsOfFrames[i] = (byte) 0x82;
      headsOfFrames[i + 1] = (byte) 0x80;
    }
    try (RawClient client = hub.connect()) {
      client.send(
          Buffer.buffer(handshake)
              .appendBytes(HEAD_OF_A_MEGABYTE)
              .appendBytes(headsOfFrames)
              .getBytes());
      assertThat(client.head().status()).isEqualTo("HTTP/1.1 101 Switching Protocols");
      client.send(headsOfFrames);
      await().until(() -> hub.counted(CounterName.HTTP_DAWDLERS) == 1);
      assertClosed(client, "a message took longer than http.requestTimeout");
    }
  }

  @Test
  void aWholeMessageInTheSegmentOfTheHandshakeIsAnswered() {
    start(new HttpOptions());
    byte[] handshake = (HANDSHAKE + "\r\n").getBytes(StandardCharsets.US_ASCII);
    try (RawClient client = hub.connect()) {
      client.send(Buffer.buffer(handshake).appendBytes(beginningOfAFrame(300, 300)).getBytes());
      assertThat(client.head().status()).isEqualTo("HTTP/1.1 101 Switching Protocols");
      assertThat(client.bytes(38)).endsWith("{\"type\":\"err\",\"body\":\"invalid_json\"}");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Content-Length: 3\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"})
  void aHandshakeHasNoBody(String end) {
    start(new HttpOptions());
    try (RawClient client = hub.connect()) {
      client.send(HANDSHAKE + "Content-Type: application/json\r\n" + end);
      assertThat(client.toEnd()).startsWith("HTTP/1.1 400 ").contains("has no body");
    }
  }

  @Test
  void aHandshakeBehindUnansweredRequestsIsRefused() {
    start(new HttpOptions());
    try (RawClient client = hub.connect()) {
      client.send(
          "POST /broadcast?channel_id=news HTTP/1.1\r\nHost: localhost\r\n"
              + "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"type\":\"t\"}"
              + HANDSHAKE
              + "\r\n");
      client.send(HEAD_OF_A_MEGABYTE);
      assertThat(client.toEnd()).contains("HTTP/1.1 200 ").doesNotContain("HTTP/1.1 101 ");
    }
  }

  /** A client's, of which it need not read the answers. */
  private static byte[] pings(int count) {
    Buffer pings = Buffer.buffer();
    for (int i = 0; i < count; i++) {
      pings
          .appendUnsignedByte((short) 0x89)
          .appendUnsignedByte((short) (0x80 | 125))
          .appendInt(0)
          .appendBytes(new byte[125]);
    }
    return pings.getBytes();
  }

  private RawClient deafWebSocket() {
    RawClient client = new RawClient(hub.port(), 16 << 10);
    client.send(HANDSHAKE + "\r\n");
    assertThat(client.head().status()).isEqualTo("HTTP/1.1 101 Switching Protocols");
    return client;
  }

  @Test
  void pingsOfAClientThatDoesNotReadAreNotReadEither() throws Exception {
    start(new HttpOptions().setEdge(new EdgeOptions().setWriteDeadline(1_000)));
    AtomicInteger sent = new AtomicInteger();
    byte[] pings = pings(1_000);
    try (RawClient client = deafWebSocket()) {
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 500; i++) { // 64 MB
                  client.send(pings);
                  sent.addAndGet(pings.length);
                }
              });
      await().until(sending::isCompletedExceptionally);
      assertThat(sent).hasValueLessThan(32 << 20); // what kernels hold
      assertThat(hub.counted(CounterName.ANSWERS_UNREAD)).isEqualTo(1);
    }
  }

  @Test
  void pingsOfAClientThatReadsLateAreAllAnswered() throws Exception {
    start(new HttpOptions());
    int count = 100_000;
    byte[] pings = pings(1_000);
    try (RawClient client = deafWebSocket()) {
      CompletableFuture<Void> sending =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < count; i += 1_000) {
                  client.send(pings);
                }
              });
      await().until(() -> unsent() > 0);
      for (int i = 0; i < count; i += 1_000) {
        assertThat(client.bytes(127 * 1_000)).hasSizeGreaterThan(1);
      }
      sending.join();
      await().until(() -> unsent() == 0);
    }
  }

  private long unsent() {
    return HttpHub.await(Meters.of(hub.vertx).sample(hub.vertx)).get(GaugeName.UNSENT_ANSWERS);
  }

  private static byte[] bridge(JsonObject message) {
    byte[] text = message.encode().getBytes(StandardCharsets.UTF_8);
    Buffer frame = Buffer.buffer().appendUnsignedByte((short) 0x81);
    if (text.length < 126) {
      frame.appendUnsignedByte((short) (0x80 | text.length));
    } else {
      frame.appendUnsignedByte((short) (0x80 | 126)).appendUnsignedShort(text.length);
    }
    return frame.appendInt(0).appendBytes(text).getBytes();
  }

  /** Two listeners whose client takes none of their messages. */
  private RawClient deafListeners() {
    RawClient client = deafWebSocket();
    for (String id : List.of("a", "b")) {
      hub.listener("news", id);
      client.send(
          bridge(
              new JsonObject().put("type", "register").put("address", "eric.listener.news/" + id)));
      client.send(
          bridge(
              new JsonObject()
                  .put("type", "send")
                  .put("address", "eric.channel.news")
                  .put("replyAddress", id)
                  .put("body", new JsonObject().put("v", "l").put("r", id))));
      assertThat(client.bytes(client.bytes(2).charAt(1))).contains("rec");
    }
    return client;
  }

  @Test
  void aListenerWhoseWebSocketTakesNothingIsClosed() {
    start(new HttpOptions().setEdge(new EdgeOptions().setWriteDeadline(1_000)));
    try (RawClient client = deafListeners()) {
      for (int i = 0; i < 12; i++) {
        hub.broadcast("news", "t", "x".repeat(900_000));
      }
      await().until(() -> hub.counted(CounterName.ANSWERS_UNREAD) == 1);
    }
  }

  @Test
  void whatAWebSocketDoesNotTakeIsPartOfTheBudget() {
    start(new HttpOptions().setMaxUnsentAnswers(2_000_000));
    try (RawClient client = deafListeners()) {
      for (int i = 0; i < 12; i++) {
        hub.broadcast("news", "t", "x".repeat(900_000));
      }
      await().until(() -> hub.counted(CounterName.ANSWERS_OVER_BUDGET) == 1);
    }
  }
}
