package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.options.EdgeOptions;
import io.eric.options.HttpOptions;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients of the HTTP door see when a log is full or one of them is slow. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class OverloadTest {

  /** More than a connection's buffers hold in a few messages. */
  private static final String LARGE = "x".repeat(100_000);

  private static final int SMALL_BUFFER = 4_096;

  private final HttpHub hub =
      new HttpHub(
          new HttpOptions().setEdge(new EdgeOptions().setHeartbeat(0).setWriteDeadline(600_000)));

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void underGapWhoWasAwayIsToldWhatIsMissing() {
    channel("gap", 10);
    hub.listener("news", "me");
    for (int i = 1; i <= 25; i++) {
      hub.broadcast("news", "t", i);
    }
    try (RawClient client = hub.connect().stream("/stream/news/me")) {
      String events = client.chunksUntil("data: 25\n\n");
      assertThat(events).contains("event: _eric_gap\n").contains("\"missed\":15");
      assertThat(events).doesNotContain("data: 15\n").contains("data: 16\n");
    }
    assertThat(hub.counted(CounterName.GAP_OVERFLOW)).isEqualTo(1);
    assertThat(hub.counted(CounterName.DROPPED_LIMIT)).isEqualTo(15);
  }

  @Test
  void underRejectPublishersAreToldToComeBack() {
    channel("reject", 10);
    hub.listener("news", "me");
    for (int i = 1; i <= 10; i++) {
      hub.broadcast("news", "t", i);
    }
    HttpResponse<String> refused = post("one too many");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
    assertThat(new JsonObject(refused.body()).getString("error")).isEqualTo("LogFullException");
    assertThat(hub.counted(CounterName.REFUSED_LOG_FULL)).isEqualTo(1);
    try (RawClient client = hub.connect().stream("/stream/news/me")) {
      client.chunksUntil("data: 10\n\n");
      await().until(() -> post("now").statusCode() == 200);
      assertThat(client.chunksUntil("data: now\n\n")).doesNotContain("_eric_gap");
    }
  }

  @Test
  void underDisconnectTheStreamThatLagsIsClosedAndItsListenerStays() {
    channel("disconnect", 50);
    hub.listener("news", "slow");
    try (RawClient slow = stuck("/stream/news/slow")) {
      publishUntil(() -> !hub.state("news", "slow").matches("live|catching up"));
      assertThat(hub.state("news", "slow")).isEqualTo("detached");
      assertThat(hub.counted(CounterName.LAGGARDS_DISCONNECTED)).isEqualTo(1);
      assertThat(slow.head().status()).isEqualTo("HTTP/1.1 200 OK");
    }
    String last = hub.broadcast("news", "last", null);
    try (RawClient back = hub.connect().stream("/stream/news/slow")) {
      assertThat(back.chunksUntil("event: last\nid: " + last + "\ndata: null\n\n"))
          .contains("event: _eric_gap\n");
    }
  }

  @Test
  void underRemoveTheListenerThatLagsIsGone() {
    channel("remove", 50);
    hub.listener("news", "slow");
    hub.listener("news", "fast");
    try (RawClient slow = stuck("/stream/news/slow");
        RawClient fast = hub.connect().stream("/stream/news/fast")) {
      CompletableFuture<Void> reading = read(fast, "data: end\n\n");
      publishUntil(() -> hub.state("news", "slow").equals("none"));
      assertThat(hub.counted(CounterName.LAGGARDS_REMOVED)).isEqualTo(1);
      hub.broadcast("news", "t", "end");
      reading.join();
      assertThat(slow.head().status()).isEqualTo("HTTP/1.1 200 OK");
    }
    HttpResponse<String> gone = hub.request("GET", "/stream/news/slow");
    assertThat(gone.statusCode()).isEqualTo(404);
  }

  @Test
  void underWaitPublishersAreHeldBackAndASlowReaderLosesNothing() {
    // However busy the machine is, the reader counts as one that advances.
    hub.channel(
        "news",
        new JsonObject()
            .put("overflow", "wait")
            .put("publishStall", 60_000)
            .put("history", new JsonObject().put("messages", 0))
            .put("limit", new JsonObject().put("messages", 40)));
    hub.listener("news", "slow");
    try (RawClient slow = new RawClient(hub.port(), SMALL_BUFFER).stream("/stream/news/slow")) {
      CompletableFuture<Void> publishing =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 200; i++) {
                  HttpResponse<String> answer = post(i + LARGE);
                  assertThat(answer.statusCode()).isEqualTo(200);
                }
              });
      await().until(() -> hub.counted(CounterName.ACKS_HELD) > 0);
      assertThat(publishing).isNotDone();
      for (int i = 0; i < 200; i++) {
        String event = slow.chunksUntil("\n\n");
        assertThat(event).contains("data: " + i + "x").doesNotContain("_eric_gap");
        for (int more = event.split("\n\n").length; more > 1; more--) {
          i++;
        }
      }
      publishing.join();
    }
    assertThat(hub.counted(CounterName.DROPPED_LIMIT)).isZero();
  }

  @Test
  void aSlowStreamIsDemotedAloneAndTheOthersAndPublishersGoOn() {
    channel("gap", 65_536);
    try (RawClient slow = stuck("/watch/news");
        RawClient fast = hub.connect().stream("/watch/news")) {
      fast.chunk();
      CompletableFuture<Void> reading = read(fast, "data: end\n\n");
      publishUntil(() -> hub.counted(CounterName.DEMOTIONS) > 0);
      for (int i = 0; i < 50; i++) {
        assertThat(post(LARGE).statusCode()).isEqualTo(200);
      }
      assertThat(post("end").statusCode()).isEqualTo(200);
      reading.join();
      // The fast one may be slow for a moment too, and comes back; the slow one stays behind.
      await()
          .until(
              () -> read(GaugeName.STREAMS_LIVE) == 1 && read(GaugeName.STREAMS_CATCHING_UP) == 1);
      assertThat(hub.counted(CounterName.DROPPED_LIMIT)).isZero();
      assertThat(slow.head().status()).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  private void channel(String overflow, int limit) {
    hub.channel(
        "news",
        new JsonObject()
            .put("overflow", overflow)
            .put("history", new JsonObject().put("messages", 0))
            .put("limit", new JsonObject().put("messages", limit)));
  }

  /** A stream whose client reads nothing. */
  private RawClient stuck(String path) {
    RawClient client = new RawClient(hub.port(), SMALL_BUFFER).get(path);
    await().until(() -> hub.counted(CounterName.STREAMS_OPENED) > 0);
    return client;
  }

  private void publishUntil(java.util.concurrent.Callable<Boolean> enough) {
    await()
        .pollInterval(java.time.Duration.ofMillis(2))
        .atMost(60, TimeUnit.SECONDS)
        .until(
            () -> {
              hub.broadcast("news", "t", LARGE);
              return enough.call();
            });
  }

  private static CompletableFuture<Void> read(RawClient client, String end) {
    return CompletableFuture.runAsync(() -> client.chunksUntil(end));
  }

  private HttpResponse<String> post(String payload) {
    return hub.request("POST", "/broadcast?channel_id=news", HttpHub.message("t", payload));
  }

  private long read(GaugeName gauge) {
    return HttpHub.await(Meters.of(hub.vertx).sample(hub.vertx)).get(gauge);
  }
}
