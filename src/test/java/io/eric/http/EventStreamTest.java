package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.internal.protocol.Command;
import io.eric.options.EdgeOptions;
import io.eric.options.HttpOptions;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The event stream rows of docs/PROTOCOL.md section 4, as bytes on a socket. */
class EventStreamTest {

  private static final String PROLOGUE = ":\nretry: 1[0-4]\\d\\d\n|:\nretry: 1500\n";

  private HttpHub hub;

  @BeforeEach
  void start() {
    hub = new HttpHub();
    hub.channel("news");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void theHeadAndACommentComeAtOnce() {
    hub.listener("news", "me");
    try (RawClient client = hub.connect()) {
      client.get("/stream/news/me", "Accept: text/event-stream");
      assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
      Set<String> head = new TreeSet<>();
      for (String line = client.line(); !line.isEmpty(); line = client.line()) {
        head.add(line);
      }
      assertThat(head)
          .containsExactly(
              "cache-control: no-store, no-transform",
              "content-type: text/event-stream",
              "transfer-encoding: chunked",
              "x-accel-buffering: no");
      assertThat(client.chunk()).matches(PROLOGUE);
    }
  }

  @Test
  void theStreamIsNeverCompressed() {
    try (RawClient client = hub.connect()) {
      client.get("/watch/news", "Accept-Encoding: gzip, deflate, br");
      assertThat(client.head().headers()).doesNotContainKey("content-encoding");
      assertThat(client.chunk()).matches(PROLOGUE);
    }
  }

  @Test
  void queuedMessagesComeFirstAndThenTheNewOnes() {
    hub.listener("news", "me");
    String first = hub.broadcast("news", "greeting", "hello\nworld");
    String second = hub.dispatch("news", "me", "number", 1.5);
    try (RawClient client = hub.connect().stream("/stream/news/me")) {
      assertThat(client.chunk()).matches(PROLOGUE);
      assertThat(client.chunksUntil("data: 1.5\n\n"))
          .isEqualTo(
              "event: greeting\nid: "
                  + first
                  + "\ndata: hello\ndata: world\n\n"
                  + "event: number\nid: "
                  + second
                  + "\ndata: 1.5\n\n");
      String third = hub.broadcast("news", "nothing", null);
      assertThat(client.chunksUntil("\n\n"))
          .isEqualTo("event: nothing\nid: " + third + "\ndata: null\n\n");
    }
  }

  @Test
  void jsonArrivesWithTheDigitsAndOrderThatItWasSentWith() {
    try (RawClient client = hub.connect().stream("/watch/news")) {
      client.chunk();
      hub.ok(
          hub.request(
              "POST",
              "/broadcast?channel_id=news",
              "{\"payload\": {\"z\": 1.10, \"a\":[1e3,\"\\u00e9\"]} , \"type\": \"t\"}"));
      assertThat(client.chunksUntil("\n\n"))
          .contains("data: {\"z\": 1.10, \"a\":[1e3,\"\\u00e9\"]}\n\n");
    }
  }

  @Test
  void aWatcherGetsBroadcastsFromNowOnAndNoDispatches() {
    hub.listener("news", "me");
    hub.broadcast("news", "before", 1);
    try (RawClient client = hub.connect().stream("/watch/news")) {
      client.chunk();
      hub.dispatch("news", "me", "not yours", 2);
      String third = hub.broadcast("news", "after", 3);
      assertThat(client.chunksUntil("\n\n"))
          .isEqualTo("event: after\nid: " + third + "\ndata: 3\n\n");
    }
    assertThat(hub.request("GET", "/").body()).isEqualTo("{\"news\":[\"me\"]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"header", "last_event_id", "lastEventId"})
  void aClientResumesAfterThePositionThatItNames(String how) {
    hub.listener("news", "me");
    hub.broadcast("news", "t", 1);
    String second = hub.broadcast("news", "t", 2);
    String third = hub.broadcast("news", "t", 3);
    try (RawClient client = hub.connect().stream("/stream/news/me")) {
      client.chunksUntil("data: 3\n\n");
    }
    String path =
        switch (how) {
          case "header" -> "/stream/news/me";
          case "last_event_id" -> "/stream/news/me?last_event_id=" + second;
          default -> "/stream/news/me?last_event_id=&lastEventId=" + second;
        };
    String[] headers =
        how.equals("header") ? new String[] {"Last-Event-ID: " + second} : new String[0];
    try (RawClient client = hub.connect().stream(path, headers)) {
      assertThat(client.chunk()).matches(PROLOGUE);
      assertThat(client.chunksUntil("\n\n")).isEqualTo("event: t\nid: " + third + "\ndata: 3\n\n");
    }
  }

  @Test
  void aWatcherThatNamesAPositionGetsTheBroadcastsSinceThenAndNoDispatches() {
    hub.listener("news", "me");
    String first = hub.broadcast("news", "t", 1);
    hub.dispatch("news", "me", "t", "not yours");
    String third = hub.broadcast("news", "t", 3);
    try (RawClient client = hub.connect().stream("/watch/news", "Last-Event-ID: " + first)) {
      client.chunk();
      assertThat(client.chunksUntil("\n\n")).isEqualTo("event: t\nid: " + third + "\ndata: 3\n\n");
    }
  }

  @Test
  void theHeaderWinsOverTheQuery() {
    hub.listener("news", "me");
    String first = hub.broadcast("news", "t", 1);
    String second = hub.broadcast("news", "t", 2);
    try (RawClient client =
        hub.connect().stream(
            "/stream/news/me?last_event_id=" + second, "Last-Event-ID: " + first)) {
      client.chunk();
      assertThat(client.chunksUntil("\n\n")).contains("data: 2\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "other-1", "-", "0"})
  void anIdOfAnotherLifeIsAnsweredWithAGapAndEverythingThatIsThere(String id) {
    hub.listener("news", "me");
    String first = hub.broadcast("news", "t", "the first");
    try (RawClient client = hub.connect().stream("/stream/news/me", "Last-Event-ID: " + id)) {
      client.chunk();
      String events = client.chunksUntil("data: the first\n\n");
      assertThat(events).startsWith("event: _eric_gap\nid: ");
      assertThat(events).contains("\"reason\":\"epoch\"");
      assertThat(events).endsWith("event: t\nid: " + first + "\ndata: the first\n\n");
      assertThat(events.split("_eric_gap", -1)).hasSize(2);
    }
  }

  @Test
  void aSecondStreamTakesTheListenerOver() {
    hub.listener("news", "me");
    try (RawClient first = hub.connect().stream("/stream/news/me")) {
      first.chunk();
      try (RawClient second = hub.connect().stream("/stream/news/me")) {
        second.chunk();
        String last = first.chunksToEnd();
        assertThat(last)
            .startsWith("event: _eric_taken_over\n")
            .contains("retry: 60000\n")
            .endsWith("\n\n");
        hub.broadcast("news", "t", "to the second");
        assertThat(second.chunksUntil("\n\n")).contains("data: to the second\n");
      }
    }
  }

  @Test
  void afterAStopAReconnectIsToldToStayAwayAndANewStreamStartsAgain() {
    hub.listener("news", "me");
    String first = hub.broadcast("news", "t", 1);
    try (RawClient client = hub.connect().stream("/stream/news/me")) {
      client.chunksUntil("data: 1\n\n");
      hub.command(new Command.Stop("news", "me"));
      assertThat(client.chunksToEnd()).isEmpty();
    }
    try (RawClient client = hub.connect()) {
      client.get("/stream/news/me", "Last-Event-ID: " + first);
      assertThat(client.head().status()).isEqualTo("HTTP/1.1 204 No Content");
    }
    String second = hub.broadcast("news", "t", 2);
    try (RawClient client = hub.connect().stream("/stream/news/me")) {
      client.chunk();
      assertThat(client.chunksUntil("\n\n")).isEqualTo("event: t\nid: " + second + "\ndata: 2\n\n");
    }
  }

  @Test
  void aDisconnectDetachesAndDoesNotStop() {
    hub.listener("news", "me");
    RawClient fin = hub.connect().stream("/stream/news/me");
    fin.chunk();
    await().until(() -> hub.state("news", "me").equals("live"));
    fin.close();
    await().until(() -> hub.state("news", "me").equals("detached"));
    RawClient reset = hub.connect().stream("/stream/news/me");
    reset.chunk();
    await().until(() -> hub.state("news", "me").equals("live"));
    reset.reset();
    await().until(() -> hub.state("news", "me").equals("detached"));
  }

  @Test
  void aRemovedChannelEndsItsStreamsWithAFinalEvent() {
    hub.listener("news", "me");
    try (RawClient stream = hub.connect().stream("/stream/news/me");
        RawClient watch = hub.connect().stream("/watch/news")) {
      stream.chunk();
      watch.chunk();
      hub.ok(hub.request("DELETE", "/channel/news"));
      assertThat(stream.chunksToEnd()).startsWith("event: _eric_channel_closed\n").endsWith("\n\n");
      assertThat(watch.chunksToEnd()).startsWith("event: _eric_channel_closed\n").endsWith("\n\n");
    }
  }

  @Test
  void aRemovedListenersStreamEnds() {
    hub.listener("news", "me");
    try (RawClient stream = hub.connect().stream("/stream/news/me")) {
      stream.chunk();
      hub.ok(hub.request("DELETE", "/listener/news/me"));
      assertThat(stream.chunksToEnd()).doesNotContain("event: t\n");
    }
  }

  @Test
  void aConnectionServesTheNextRequestAfterItsStreamHasEnded() {
    hub.listener("news", "me");
    try (RawClient client = hub.connect().stream("/stream/news/me")) {
      client.chunk();
      hub.command(new Command.Stop("news", "me"));
      client.chunksToEnd();
      client.get("/channels");
      assertThat(client.body(client.head())).isEqualTo("[\"news\"]");
    }
  }

  @Test
  void theChannelsRetryCountsAboveTheFloor() {
    hub.channel("slow", new JsonObject().put("retry", 20_000));
    try (RawClient client = hub.connect().stream("/watch/slow")) {
      assertThat(client.chunk()).matches(":\nretry: (2\\d|30)\\d\\d\\d\n");
    }
  }

  @Test
  void anIdleStreamIsProbedWithALoneComment() {
    try (HttpHub quick =
        new HttpHub(new HttpOptions().setEdge(new EdgeOptions().setHeartbeat(50)))) {
      quick.channel("news");
      try (RawClient client = quick.connect().stream("/watch/news")) {
        client.chunk();
        assertThat(client.chunk()).isEqualTo(":\n");
        assertThat(client.chunk()).isEqualTo(":\n");
      }
    }
  }

  @Test
  void aStreamOverHttp10EndsWithItsConnection() {
    hub.listener("news", "me");
    hub.broadcast("news", "t", 1);
    try (RawClient client = hub.connect()) {
      client.send("GET /stream/news/me HTTP/1.0\r\n\r\n");
      RawClient.Head head = client.head();
      assertThat(head.headers()).doesNotContainKey("transfer-encoding");
      await().until(() -> hub.state("news", "me").equals("live"));
      hub.command(new Command.Stop("news", "me"));
      assertThat(client.toEnd()).startsWith(":\nretry: ").endsWith("\ndata: 1\n\n");
    }
  }

  @Test
  void aThousandMessagesArriveOnceAndInOrder() {
    hub.listener("news", "me");
    try (RawClient client = hub.connect().stream("/stream/news/me");
        RawClient publisher = hub.connect()) {
      client.chunk();
      StringBuilder batch = new StringBuilder("[");
      StringBuilder expected = new StringBuilder();
      for (int i = 1; i <= 1000; i++) {
        batch
            .append(i == 1 ? "" : ",")
            .append("{\"c\":\"news\",\"t\":\"t\",\"p\":")
            .append(i)
            .append("}");
        expected.append("data: ").append(i).append('\n');
      }
      publisher.post("/publish", batch.append(']').toString());
      publisher.body(publisher.head());
      String events = client.chunksUntil("data: 1000\n\n");
      assertThat(
              events
                  .lines()
                  .filter(line -> line.startsWith("data"))
                  .map(line -> line + "\n")
                  .toList())
          .isEqualTo(expected.toString().lines().map(line -> line + "\n").toList());
    }
  }

  @Test
  void whileItDrainsTheServerTellsEveryClientToComeBackLater() {
    hub.listener("news", "me");
    try (RawClient first = hub.connect().stream("/stream/news/me");
        RawClient last = hub.connect().stream("/watch/news");
        RawClient browser = hub.connect();
        RawClient program = hub.connect()) {
      first.chunk();
      last.chunk();
      browser.get("/healthz");
      browser.body(browser.head());
      // The first of two streams ends at once, the other one half a minute later.
      var unused = hub.door.drain(60_000);
      assertThat(first.chunksToEnd()).startsWith("event: _eric_goodbye\n").contains("\nretry: ");
      program.get("/readyz");
      assertUnavailable(program);
      program.post("/broadcast?channel_id=news", HttpHub.message("t", 1));
      assertUnavailable(program);
      program.post("/publish", "[{\"v\":\"b\",\"c\":\"news\",\"t\":\"t\",\"p\":1}]");
      assertUnavailable(program);
      program.get("/watch/news");
      assertUnavailable(program);
      browser.get("/watch/news", "Accept: text/event-stream");
      RawClient.Head refused = browser.head();
      assertThat(refused.status()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(refused.header("content-type")).isEqualTo("text/event-stream");
      assertThat(refused.header("connection")).isEqualTo("close");
      assertThat(browser.toEnd()).matches("retry: \\d{4}\n\n");
      assertThat(hub.state("news", "me")).isEqualTo("detached");
    }
  }

  @Test
  void aDrainedServerHasSaidGoodbyeAndIsClosed() {
    try (RawClient stream = hub.connect().stream("/watch/news")) {
      stream.chunk();
      int port = hub.port();
      HttpHub.await(hub.door.drain(0));
      assertThat(stream.chunksToEnd()).startsWith("event: _eric_goodbye\n");
      assertThat(stream.isClosedByServer()).isTrue();
      await().until(() -> RawClient.isRefusedAt(port));
    }
  }

  /** What the kernel never took must not count as read, or a resume without an id would lose it. */
  @Test
  void whatTheKernelHadNotTakenWhenTheConnectionBrokeIsDeliveredToTheNextStream() {
    EdgeOptions patient = new EdgeOptions().setLagTime(600_000).setLagMessages(100_000);
    try (HttpHub hub = new HttpHub(new HttpOptions().setEdge(patient))) {
      hub.channel("news");
      hub.listener("news", "me");
      String payload = "x".repeat(20_000);
      int sent = 0;
      try (RawClient client = new RawClient(hub.port(), 4_096).stream("/stream/news/me")) {
        client.chunk();
        // Until one message stays with us, because the client reads nothing.
        String id = "";
        for (boolean taken = true; taken; ) {
          id = hub.broadcast("news", "n" + ++sent, payload);
          String expected = id;
          long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
          do {
            taken = hub.position("news", "me").equals(expected);
          } while (!taken && System.nanoTime() < patience);
        }
        client.reset();
      }
      await().until(() -> hub.state("news", "me").equals("detached"));
      String last = "n" + sent;
      hub.broadcast("news", "end", null);
      try (RawClient client = hub.connect().stream("/stream/news/me")) {
        client.chunk();
        assertThat(client.chunksUntil("data: null\n\n")).startsWith("event: " + last + "\n");
      }
    }
  }

  private static void assertUnavailable(RawClient client) {
    RawClient.Head head = client.head();
    assertThat(head.status()).isEqualTo("HTTP/1.1 503 Service Unavailable");
    // The drain takes a minute, and some of it is gone.
    assertThat(Integer.parseInt(head.header("retry-after"))).isBetween(31, 61);
    assertThat(new JsonObject(client.body(head)).getString("error")).isEqualTo("Unavailable");
  }
}
