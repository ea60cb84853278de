package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.eric.metrics.CounterName;
import io.eric.options.EdgeOptions;
import io.eric.options.HttpOptions;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the HTTP door refuses to take, and that the next client is served. */
class HttpBoundsTest {

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
  void aBodyThatIsAnnouncedTooLongIsRefusedBeforeItIsSent() {
    start(new HttpOptions().setMaxBody(100));
    try (RawClient client = hub.connect()) {
      client.send(
          "POST /broadcast?channel_id=news HTTP/1.1\r\n"
              + "Host: localhost\r\n"
              + "Content-Type: application/json\r\n"
              + "Content-Length: 101\r\n\r\n");
      assertTooLarge(client);
      client.send("x".repeat(101));
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aBodyThatTurnsOutTooLongIsRefused() {
    start(new HttpOptions().setMaxBody(100));
    try (RawClient client = hub.connect()) {
      client.send(
          "POST /publish HTTP/1.1\r\n"
              + "Host: localhost\r\n"
              + "Content-Type: application/json\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n"
              + "40\r\n"
              + "x".repeat(64)
              + "\r\n40\r\n"
              + "x".repeat(64)
              + "\r\n");
      assertTooLarge(client);
      client.send("0\r\n\r\n");
      assertThat(client.isClosedByServer()).isTrue();
      assertThat(hub.counted(CounterName.BODIES_TOO_LARGE)).isEqualTo(1);
    }
  }

  @Test
  void aBodyOfExactlyTheLimitIsTaken() {
    String body = HttpHub.message("t", "x".repeat(40));
    start(new HttpOptions().setMaxBody(body.length()));
    assertThat(hub.request("POST", "/broadcast?channel_id=news", body).statusCode()).isEqualTo(200);
    assertThat(hub.request("POST", "/broadcast?channel_id=news", body + " ").statusCode())
        .isEqualTo(413);
  }

  @Test
  void aClientThatAsksFirstIsAnsweredFirst() {
    start(new HttpOptions().setMaxBody(100));
    String head =
        "POST /broadcast?channel_id=news HTTP/1.1\r\n"
            + "Host: localhost\r\n"
            + "Content-Type: application/json\r\n"
            + "Expect: 100-continue\r\n";
    try (RawClient client = hub.connect()) {
      client.send(head + "Content-Length: 12\r\n\r\n");
      assertThat(client.head().status()).isEqualTo("HTTP/1.1 100 Continue");
      client.send("{\"type\":\"t\"}");
      assertThat(client.body(client.head())).isEqualTo("null");
      client.send(head + "Content-Length: 101\r\n\r\n");
      assertTooLarge(client);
    }
  }

  @Test
  void bodiesUnderWayAreBoundedTogether() {
    start(new HttpOptions().setMaxBufferedBodies(1000));
    String head =
        "POST /broadcast?channel_id=news HTTP/1.1\r\n"
            + "Host: localhost\r\n"
            + "Content-Type: application/json\r\n"
            + "Content-Length: 900\r\n\r\n";
    try (RawClient first = hub.connect();
        RawClient second = hub.connect()) {
      first.send(head + "{" + " ".repeat(887));
      // It is answered after the first body's part has been read, whatever the order of the
      // sockets.
      await()
          .untilAsserted(
              () -> {
                try (RawClient probe = hub.connect()) {
                  probe.send(head + " ".repeat(900));
                  assertThat(probe.head().status()).isEqualTo("HTTP/1.1 503 Service Unavailable");
                }
              });
      first.send("\"type\":\"t\"} ");
      assertThat(first.body(first.head())).isEqualTo("null");
      second.post("/broadcast?channel_id=news", "{\"type\":\"t\"}" + " ".repeat(888));
      assertThat(second.body(second.head())).isEqualTo("null");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET",
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\n",
        "GET /healthz HTTP/1.1\r\nX: ",
        "PRI * HTTP/2.0\r\n",
      })
  void aHeadThatIsNotCompletedInTimeClosesTheConnection(String part) {
    start(new HttpOptions().setRequestTimeout(200));
    try (RawClient client = hub.connect()) {
      client.send(part);
      assertThat(client.isClosedByServer()).isTrue();
      assertThat(hub.counted(CounterName.HTTP_DAWDLERS)).isEqualTo(1);
    }
  }

  @Test
  void aHeadThatDripsClosesTheConnectionToo() {
    start(new HttpOptions().setRequestTimeout(300));
    try (RawClient client = hub.connect()) {
      client.send("GET /healthz HTTP/1.1\r\nX: ");
      await()
          .pollInterval(java.time.Duration.ofMillis(20))
          .until(
              () -> {
                try {
                  client.send("x");
                  return false;
                } catch (java.io.UncheckedIOException closed) {
                  return true;
                }
              });
    }
  }

  @Test
  void aBodyThatIsNotCompletedInTimeClosesTheConnection() {
    start(new HttpOptions().setRequestTimeout(200));
    try (RawClient client = hub.connect()) {
      client.send(
          "POST /broadcast?channel_id=news HTTP/1.1\r\n"
              + "Host: localhost\r\n"
              + "Content-Type: application/json\r\n"
              + "Content-Length: 100\r\n\r\n"
              + "{");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void theSecondRequestOfAConnectionIsTimedAsTheFirst() {
    start(new HttpOptions().setRequestTimeout(200));
    try (RawClient client = hub.connect()) {
      client.get("/healthz");
      client.body(client.head());
      client.send("GET /healthz HT");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void anIdleConnectionIsClosedAndAnOpenStreamIsNot() {
    start(
        new HttpOptions()
            .setIdleTimeout(200)
            .setRequestTimeout(200)
            .setEdge(new EdgeOptions().setHeartbeat(0)));
    try (RawClient stream = hub.connect().stream("/watch/news");
        RawClient client = hub.connect()) {
      stream.chunk();
      client.get("/healthz");
      client.body(client.head());
      assertThat(client.isClosedByServer()).isTrue();
      hub.broadcast("news", "t", "still there");
      assertThat(stream.chunksUntil("\n\n")).contains("data: still there\n");
    }
  }

  @Test
  void connectionsBeyondTheLimitAreClosedAtOnce() {
    start(new HttpOptions().setMaxConnections(5));
    List<RawClient> clients = new ArrayList<>();
    // The hub's own client holds one connection.
    for (int i = 0; i < 4; i++) {
      RawClient client = hub.connect();
      client.get("/healthz");
      client.body(client.head());
      clients.add(client);
    }
    try (RawClient tooMany = hub.connect()) {
      assertThat(tooMany.isClosedByServer()).isTrue();
    }
    clients.forEach(RawClient::close);
    await()
        .untilAsserted(
            () -> {
              try (RawClient client = hub.connect()) {
                client.get("/healthz");
                assertThat(client.body(client.head())).isEqualTo("{\"status\":\"UP\"}");
              }
            });
  }

  @Test
  void streamsBeyondTheLimitAreToldToComeBack() {
    start(new HttpOptions().setMaxStreams(1).setRetryFloor(7000));
    try (RawClient first = hub.connect().stream("/watch/news");
        RawClient browser = hub.connect();
        RawClient program = hub.connect()) {
      first.chunk();
      browser.get("/watch/news", "Accept: text/event-stream");
      RawClient.Head head = browser.head();
      assertThat(head.status()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(head.header("content-type")).isEqualTo("text/event-stream");
      assertThat(browser.toEnd()).matches("retry: ([789]\\d\\d\\d|10[0-5]\\d\\d)\n\n");
      program.get("/watch/news");
      head = program.head();
      assertThat(head.status()).isEqualTo("HTTP/1.1 503 Service Unavailable");
      assertThat(head.header("retry-after")).isEqualTo("1");
      assertThat(hub.counted(CounterName.STREAMS_REFUSED_LIMIT)).isEqualTo(2);
    }
    await()
        .untilAsserted(
            () -> {
              try (RawClient next = hub.connect()) {
                next.get("/watch/news");
                assertThat(next.head().status()).isEqualTo("HTTP/1.1 200 OK");
              }
            });
  }

  @Test
  void oneClientCannotTakeAllStreams() {
    start(new HttpOptions().setMaxStreamsPerClient(2));
    try (RawClient first = hub.connect().stream("/watch/news");
        RawClient second = hub.connect().stream("/watch/news");
        RawClient browser = hub.connect();
        RawClient program = hub.connect()) {
      browser.get("/watch/news", "Accept: text/event-stream");
      assertThat(browser.head().status()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(browser.toEnd()).matches("retry: \\d+\n\n");
      program.get("/watch/news");
      RawClient.Head head = program.head();
      assertThat(head.status()).isEqualTo("HTTP/1.1 503 Service Unavailable");
      assertThat(head.header("retry-after")).isEqualTo("1");
      assertThat(hub.counted(CounterName.STREAMS_REFUSED_CLIENT)).isEqualTo(2);
      second.close();
      await()
          .untilAsserted(
              () -> {
                try (RawClient next = hub.connect()) {
                  next.get("/watch/news");
                  assertThat(next.head().status()).isEqualTo("HTTP/1.1 200 OK");
                }
              });
      assertThat(first.chunk()).startsWith(":");
    }
  }

  @Test
  void connectionsThatComeTooFastAreClosedAtOnce() {
    start(new HttpOptions().setMaxConnectionsPerSecond(4));
    List<RawClient> burst = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      burst.add(hub.connect());
    }
    await().until(() -> hub.counted(CounterName.HTTP_CONNECTIONS_TOO_FAST) >= 1);
    assertThat(burst.get(49).isClosedByServer()).isTrue();
    burst.forEach(RawClient::close);
    await()
        .ignoreExceptions()
        .until(
            () -> {
              try (RawClient next = hub.connect()) {
                next.get("/healthz");
                return next.head().status().equals("HTTP/1.1 200 OK");
              }
            });
  }

  @Test
  void bodiesUnderWayOnOneHttp2ConnectionAreBounded() {
    start(new HttpOptions().setMaxInFlightBytesPerConnection(1_000));
    HttpClientAgent client =
        hub.vertx
            .httpClientBuilder()
            .with(
                new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false))
            .with(new PoolOptions().setHttp2MaxSize(1))
            .build();
    String text = "{\"type\":\"t\",\"payload\":\"" + "x".repeat(600);
    HttpClientRequest first = request(client);
    HttpHub.await(first.setChunked(true).write(text));
    assertThat(status(request(client), text + "\"}")).isEqualTo(503);
    assertThat(status(request(client), "{\"type\":\"t\"}")).isEqualTo(200);
    assertThat(status(first, "\"}")).isEqualTo(200);
    assertThat(status(request(client), text + "\"}")).isEqualTo(200);
    // Alone with its connection a body may be as long as any.
    assertThat(status(request(client), text + "y".repeat(1_000) + "\"}")).isEqualTo(200);
    assertThat(hub.counted(CounterName.CONNECTION_FULL)).isEqualTo(1);
    HttpHub.await(client.close());
  }

  private HttpClientRequest request(HttpClientAgent client) {
    return HttpHub.await(
        client
            .request(HttpMethod.POST, hub.port(), "127.0.0.1", "/broadcast?channel_id=news")
            .map(request -> request.putHeader("content-type", "application/json")));
  }

  /** Sends the rest of a request; gives the status when the whole answer is there. */
  private static int status(HttpClientRequest request, String rest) {
    Future<Integer> status =
        request.response().compose(answer -> answer.end().map(end -> answer.statusCode()));
    request.end(rest);
    return HttpHub.await(status);
  }

  @Test
  void aChannelsMessagesUnderWayAreBounded() {
    start(new HttpOptions().setMaxInFlightPerChannel(2));
    JsonArray outcomes =
        (JsonArray)
            hub.ok(
                hub.request(
                    "POST",
                    "/publish",
                    "[{\"c\":\"news\",\"t\":\"a\"},{\"c\":\"news\",\"t\":\"b\"},{\"c\":\"news\",\"t\":\"c\"}]"));
    assertThat(outcomes.getJsonObject(0).getString("id")).endsWith("-1");
    assertThat(outcomes.getJsonObject(1).getString("id")).endsWith("-2");
    assertThat(outcomes.getJsonObject(2).getString("error")).isEqualTo("Unavailable");
    assertThat(hub.broadcast("news", "t", 1)).endsWith("-3");
    assertThat(hub.counted(CounterName.CHANNEL_WINDOW_FULL)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ",
        "GET /",
      })
  void aTooLongHeadIsRefused(String start) {
    start(new HttpOptions());
    try (RawClient client = hub.connect()) {
      client.send(start + "x".repeat(100_000));
      RawClient.Head head = client.head();
      assertThat(head.status()).matches("HTTP/1.[01] (431|414) .*");
      assertThat(head.header("content-type")).isEqualTo("application/problem+json");
      assertThat(new JsonObject(client.body(head)).getString("error"))
          .isEqualTo("InvalidMessageFormat");
      assertThat(hub.counted(CounterName.HEADS_TOO_LARGE)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NONSENSE\r\n\r\n",
        "GET /healthz HTTP/9.9\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nno colon\r\n\r\n",
        "POST /publish HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: nan\r\n\r\n",
        "POST /publish HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: -5\r\n\r\n",
        "POST /publish HTTP/1.1\r\n"
            + "Content-Type: application/json\r\n"
            + "Content-Length: 5\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "zz\r\n",
        "POST /publish HTTP/1.1\r\n"
            + "Content-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "zz\r\n",
        "\0\1\2\3\4\r\n\r\n",
      })
  void whatIsNoHttpIsRefusedOrCutOff(String bytes) {
    start(new HttpOptions().setRequestTimeout(500));
    try (RawClient client = hub.connect()) {
      client.send(bytes);
      String answer;
      try {
        answer = client.toEnd();
      } catch (java.io.UncheckedIOException reset) {
        answer = "";
      }
      assertThat(answer).matches("(?s)|HTTP/\\d.\\d (400|501) .*");
    }
  }

  @Test
  void aStreamThatNobodyReadsIsCutOffAtTheWriteDeadline() {
    start(new HttpOptions().setEdge(new EdgeOptions().setWriteDeadline(300).setHeartbeat(50)));
    hub.listener("news", "me");
    try (RawClient client = hub.connect().stream("/stream/news/me")) {
      client.chunk();
      String payload = "x".repeat(100_000);
      await()
          .pollInterval(java.time.Duration.ofMillis(5))
          .until(
              () -> {
                hub.broadcast("news", "t", payload);
                return hub.state("news", "me").equals("detached");
              });
      assertThat(hub.counted(CounterName.CLOSED_WRITE_DEADLINE)).isEqualTo(1);
      assertThat(hub.counted(CounterName.DEMOTIONS)).isEqualTo(1);
    }
  }

  @Test
  void settingsAreReadStrictly() {
    start(new HttpOptions());
    HttpOptions defaults = new HttpOptions(new JsonObject());
    assertThat(defaults.toJson()).isEqualTo(new HttpOptions().toJson());
    JsonObject some =
        new HttpOptions(
                new JsonObject()
                    .put("port", 1)
                    .put("edge", new JsonObject().put("heartbeat", 7))
                    .put("cors", new JsonObject().put("origins", new JsonArray().add("https://a"))))
            .toJson();
    assertThat(some.getInteger("port")).isEqualTo(1);
    assertThat(some.getJsonObject("edge").getInteger("heartbeat")).isEqualTo(7);
    assertThat(some.getJsonObject("edge").getInteger("writeDeadline")).isEqualTo(60_000);
    assertThat(some.getJsonObject("cors").getJsonArray("origins"))
        .isEqualTo(new JsonArray().add("https://a"));
    assertThatThrownBy(() -> new HttpOptions(new JsonObject().put("prot", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("prot");
    assertThatThrownBy(() -> new HttpOptions(new JsonObject().put("port", "1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("port");
    assertThatThrownBy(() -> new HttpOptions(new JsonObject().put("port", 70_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("port is 70000");
    assertThatThrownBy(
            () ->
                new HttpOptions(
                    new JsonObject().put("edge", new JsonObject().put("heartbeat", -1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("heartbeat");
    assertThatThrownBy(
            () ->
                new HttpOptions(
                    new JsonObject()
                        .put(
                            "cors",
                            new JsonObject()
                                .put("credentials", true)
                                .put("origins", new JsonArray().add("*")))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("credentials");
  }

  private static void assertTooLarge(RawClient client) {
    RawClient.Head head = client.head();
    assertThat(head.status()).isEqualTo("HTTP/1.1 413 Request Entity Too Large");
    assertThat(head.header("connection")).isEqualTo("close");
    JsonObject problem = new JsonObject(client.body(head));
    assertThat(problem.getString("error")).isEqualTo("PayloadTooLarge");
    assertThat(problem.getString("message"))
        .isEqualTo("PayloadTooLarge('a body has at most 100 bytes')");
  }
}
