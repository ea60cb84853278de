package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.internal.protocol.Command;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GET / and /channels: parts, order, and that long lists are made as they are read. */
@Timeout(120)
class HttpListsTest {

  private HttpHub hub;

  /** How often each address was asked. */
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

  @BeforeEach
  void start() {
    hub = new HttpHub();
    hub.vertx
        .eventBus()
        .addOutboundInterceptor(
            delivery -> {
              asked
                  .computeIfAbsent(delivery.message().address(), none -> new AtomicInteger())
                  .incrementAndGet();
              delivery.next();
            });
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private void channels(int count) {
    List<Future<?>> created = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      created.add(hub.channels.create("c" + i, null));
    }
    HttpHub.await(Future.all(created));
  }

  /** Adds listeners, and gives their ids. */
  private List<String> listeners(String channel, String prefix, int count) {
    List<String> ids = IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    io.eric.internal.client.BusClient bus = new io.eric.internal.client.BusClient(hub.vertx);
    List<Future<?>> added = new ArrayList<>();
    for (String id : ids) {
      added.add(bus.command(new Command.AddListener(channel, id)));
    }
    HttpHub.await(Future.all(added));
    return ids;
  }

  @Test
  void listsTakeALimitAndWhatTheyBeginAfter() {
    for (String id : List.of("z", "a", "m", "b")) {
      hub.channel(id);
      hub.listener(id, id + "2");
      hub.listener(id, id + "1");
    }
    assertThat(hub.request("GET", "/channels?limit=2").body()).isEqualTo("[\"z\",\"a\"]");
    assertThat(hub.request("GET", "/channels?limit=2&after=a").body()).isEqualTo("[\"m\",\"b\"]");
    assertThat(hub.request("GET", "/channels?after=m").body()).isEqualTo("[\"b\"]");
    assertThat(hub.request("GET", "/channels?after=b").body()).isEqualTo("[]");
    assertThat(hub.request("GET", "/?limit=1").body()).isEqualTo("{\"z\":[\"z2\",\"z1\"]}");
    assertThat(hub.request("GET", "/?limit=2&after=z").body())
        .isEqualTo("{\"a\":[\"a2\",\"a1\"],\"m\":[\"m2\",\"m1\"]}");
    assertThat(hub.request("GET", "/?after=b").body()).isEqualTo("{}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limit=0",
        "limit=10001",
        "limit=x",
        "limit=",
        "limit=1.5",
        "after=",
        "after=a%20b"
      })
  void aWrongPartIsRefused(String query) {
    assertThat(hub.request("GET", "/?" + query).statusCode()).isEqualTo(400);
    assertThat(hub.request("GET", "/channels?" + query).statusCode()).isEqualTo(400);
  }

  @Test
  void whatAPartIsToBeginAfterMustBeThere() {
    for (String path : List.of("/?after=none", "/channels?after=none")) {
      HttpResponse<String> answer = hub.request("GET", path);
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(new JsonObject(answer.body()).getString("detail"))
          .isEqualTo("No channel with id none");
    }
  }

  @Test
  void longListsAreWholeAndInOrder() {
    channels(2_100);
    List<String> many = listeners("c40", "l", 1_050);
    List<String> few = listeners("c41", "k", 100);
    listeners("c2099", "last", 101);
    List<String> ids = IntStream.range(0, 2_100).mapToObj(i -> "c" + i).toList();

    assertThat(((JsonArray) hub.ok(hub.request("GET", "/channels"))).getList()).isEqualTo(ids);
    JsonObject all = (JsonObject) hub.ok(hub.request("GET", "/"));
    assertThat(List.copyOf(all.fieldNames())).isEqualTo(ids);
    assertThat(all.getJsonArray("c40").getList()).isEqualTo(many);
    assertThat(all.getJsonArray("c41").getList()).isEqualTo(few);
    assertThat(all.getJsonArray("c2099")).hasSize(101);
    assertThat(all.getJsonArray("c39")).isEmpty();

    JsonObject part = (JsonObject) hub.ok(hub.request("GET", "/?limit=1050&after=c39"));
    assertThat(List.copyOf(part.fieldNames())).isEqualTo(ids.subList(40, 1_090));
    assertThat(part.getJsonArray("c40").getList()).isEqualTo(many);
    assertThat(((JsonArray) hub.ok(hub.request("GET", "/channels?limit=1500&after=c9"))).getList())
        .isEqualTo(ids.subList(10, 1_510));
  }

  @Test
  void channelsWithManyListenersAreAskedFewTimes() {
    channels(32);
    for (int i = 0; i < 32; i++) {
      listeners("c" + i, "l", 150);
    }
    asked.clear();
    assertThat((JsonObject) hub.ok(hub.request("GET", "/"))).hasSize(32);
    int lookups =
        asked.entrySet().stream()
            .filter(each -> each.getKey().startsWith("eric.channel."))
            .mapToInt(each -> each.getValue().get())
            .sum();
    assertThat(lookups).isBetween(64, 64 + 31); // two parts each, and once in vain
  }

  @Test
  void whoDoesNotReadHasAFewPiecesOfALongListMade() {
    hub.channel("big");
    listeners("big", "x".repeat(120), 20_000); // 200 pieces, 2.4 MB
    AtomicInteger pieces = asked.get("eric.channel.big");
    pieces.set(0);
    try (RawClient deaf = new RawClient(hub.port(), 4_096)) {
      deaf.get("/");
      deaf.head(); // the first piece is there
      assertThat(((JsonObject) hub.ok(hub.request("GET", "/"))).getJsonArray("big"))
          .hasSize(20_000);
      assertThat(pieces.get()).isLessThan(2 * 200 - 50);
    }
  }

  @Test
  void aHeadOfAListMakesNoneAndAHeadOfAStreamIsALookUp() {
    channels(3);
    listeners("c1", "l", 300);
    asked.clear();
    try (RawClient client = hub.connect()) {
      for (String path : List.of("/", "/channels", "/stream/c1/l299", "/watch/c1")) {
        client.send("HEAD " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        assertThat(client.head().status()).isEqualTo("HTTP/1.1 200 OK");
      }
      client.send("HEAD /stream/c1/none HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
      assertThat(client.head().status()).isEqualTo("HTTP/1.1 404 Not Found");
    }
    assertThat(asked.get("eric.channel.c1").get()).isEqualTo(3);
    assertThat(asked).doesNotContainKeys("eric.channel.c0", "eric.channel.c2");
  }
}
