package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.CorsOptions;
import io.eric.options.HttpOptions;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of strangers are refused at the door, on every way in, and nothing has happened. */
class EntranceTest {

  private static final String JSON = "Content-Type: application/json\r\n";
  private static final String FOREIGN = "Origin: https://evil.example\r\n";

  private HttpHub hub;

  @BeforeEach
  void start() {
    hub = new HttpHub();
    hub.channel("news");
    hub.listener("news", "desk");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /broadcast?channel_id=news",
        "POST /dispatch?channel_id=news&listener_id=desk",
        "POST /publish",
        "POST /subscribe?channel_id=news&listener_id=mine",
        "PUT /create?channel_id=mine",
        "DELETE /listener/news/desk",
        "DELETE /channel/news",
        "GET /stream/news/desk",
        "HEAD /stream/news/desk",
        "GET /watch/news",
        "GET /",
        "GET /channels",
        "GET /metrics",
        "GET /openapi.json",
        "GET /eric.js",
        "GET /eventbus/info",
        "GET /eventbus/websocket",
        "OPTIONS /broadcast?channel_id=news",
        "GET /none",
      })
  void strangersDoNothing(String request) {
    String body = request.startsWith("POST") ? "{\"type\":\"t\",\"payload\":1}" : "";
    if (request.endsWith("/publish")) {
      body = "[{\"c\":\"news\",\"t\":\"t\"}]";
    }
    String upgrade =
        request.endsWith("/websocket")
            ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            : "";
    String rest = JSON + upgrade + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    String start = request + " HTTP/1.1\r\n";
    assertThat(answer(start + "Host: localhost\r\n" + FOREIGN + rest)).contains(" 403 ");
    assertThat(answer(start + "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n" + rest))
        .contains(" 403 ");
    assertThat(answer(start + "Host: localhost\r\nSec-Fetch-Site: same-site\r\n" + rest))
        .contains(" 403 ");
    assertThat(answer(start + "Host: evil.example\r\nOrigin: http://evil.example\r\n" + rest))
        .contains(" 421 ");
    assertThat(answer(start + "Host: evil.example:" + hub.port() + "\r\n" + rest))
        .contains(" 421 ");
    assertThat(answer(start + rest)).contains(" 400 ");
    assertThat(answer(start + "Host: localhost\r\nHost: localhost\r\n" + rest)).contains(" 400 ");
    nothingHasHappened();
  }

  private void nothingHasHappened() {
    assertThat(hub.request("GET", "/").body()).isEqualTo("{\"news\":[\"desk\"]}");
    assertThat(hub.state("news", "desk")).isEqualTo("stopped");
    assertThat(hub.lag("news", "desk")).isZero();
    assertThat(hub.broadcast("news", "t", null)).endsWith("-1");
    assertThat(Meters.of(hub.vertx).get(CounterName.STREAMS_OPENED)).isZero();
  }

  @Test
  void refusalsAreProblemsAndCounted() {
    try (RawClient client = hub.connect()) {
      client.get("/channels", "Origin: https://evil.example");
      RawClient.Head head = client.head();
      assertThat(head.header("content-type")).isEqualTo("application/problem+json");
      assertThat(head.headers()).doesNotContainKey("access-control-allow-origin");
      assertThat(new JsonObject(client.body(head)).getString("message"))
          .isEqualTo(
              "Forbidden('pages of https://evil.example may not use this hub; http.cors.origins has"
                  + " who may')");
      client.send("GET /channels HTTP/1.1\r\nHost: evil.example\r\n\r\n");
      head = client.head();
      assertThat(head.status()).isEqualTo("HTTP/1.1 421 Misdirected Request");
      assertThat(new JsonObject(client.body(head)).getString("detail"))
          .isEqualTo("this hub is not known as evil.example; its names are in http.hosts");
    }
    assertThat(Meters.of(hub.vertx).get(CounterName.FOREIGN_ORIGINS)).isEqualTo(1);
    assertThat(Meters.of(hub.vertx).get(CounterName.FOREIGN_HOSTS)).isEqualTo(1);
  }

  @Test
  void aListedNameIsServedOnEveryPort() {
    try (HttpHub named = new HttpHub(new HttpOptions().setHosts(List.of("Hub.Example")));
        RawClient client = named.connect()) {
      for (String host : List.of("hub.example", "HUB.example:9", "127.0.0.1", "x.localhost:1")) {
        client.send("GET /channels HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        RawClient.Head head = client.head();
        assertThat(head.status()).as(host).isEqualTo("HTTP/1.1 200 OK");
        client.body(head);
      }
    }
  }

  @Test
  void aBodyThatTheHeadDoesNotAnnounceNeedsATypeOnEveryRoute() {
    try (Http2Client client = new Http2Client(hub)) {
      HttpMethod[] methods = {HttpMethod.PUT, HttpMethod.POST, HttpMethod.POST, HttpMethod.POST};
      String[] paths = {
        "/create", "/subscribe?channel_id=news", "/broadcast?channel_id=news", "/publish"
      };
      for (int i = 0; i < paths.length; i++) {
        HttpClientRequest request = client.request(methods[i], paths[i]).setChunked(true);
        HttpHub.await(request.write("{}"));
        assertThat(HttpHub.await(client.whole(request))).as(paths[i]).isEqualTo(415);
      }
    }
  }

  @Test
  void http2IsNoWayAround() {
    var client =
        hub.vertx
            .httpClientBuilder()
            .with(
                new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false))
            .build();
    RequestOptions post =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost("127.0.0.1")
            .setPort(hub.port())
            .setURI("/broadcast?channel_id=news");
    String body = "{\"type\":\"t\"}";
    String[][] rows = {
      {"403", "origin", "https://evil.example", "content-type", "application/json"},
      {"403", "sec-fetch-site", "same-site", "content-type", "application/json"},
      {"415", "content-type", "text/plain"},
      {"415", "x", "y"},
      {"415", "content-type", "application/json", "content-encoding", "gzip"},
      {"417", "content-type", "application/json", "expect", "miracles"},
      {"200", "content-type", "application/json"},
      {"200", "content-type", "application/json", "origin", "http://127.0.0.1:" + hub.port()},
    };
    for (boolean chunked : new boolean[] {false, true}) {
      for (String[] row : rows) {
        int status =
            HttpHub.await(
                client
                    .request(new RequestOptions(post))
                    .compose(
                        request -> {
                          for (int i = 1; i < row.length; i += 2) {
                            request.putHeader(row[i], row[i + 1]);
                          }
                          if (!chunked) {
                            return request.send(body);
                          }
                          request.setChunked(true);
                          var unused = request.write(body);
                          unused = request.end();
                          return request.response();
                        })
                    .map(response -> response.statusCode()));
        assertThat(status).as(String.join(" ", row)).isEqualTo(Integer.parseInt(row[0]));
      }
    }
    int foreign =
        HttpHub.await(
            client
                .request(new RequestOptions(post))
                .compose(
                    request ->
                        request
                            .authority(
                                io.vertx.core.net.HostAndPort.create("evil.example", hub.port()))
                            .putHeader("content-type", "application/json")
                            .send(body))
                .map(response -> response.statusCode()));
    assertThat(foreign).isEqualTo(421);
    assertThat(hub.broadcast("news", "t", null)).endsWith("-5"); // four were let in
  }

  @ParameterizedTest
  @ValueSource(strings = {"/stream/news/desk", "/%73tream/news/desk", "/x/../stream/news/desk"})
  void onlyScriptsOpenStreams(String path) {
    for (String destination : List.of("image", "document", "iframe", "video")) {
      try (RawClient client = hub.connect()) {
        client.get(path, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: " + destination);
        assertThat(client.head().status()).as(destination).contains(" 403 ");
      }
    }
    nothingHasHappened();
    try (RawClient client = hub.connect()) {
      client.get("/stream/news/desk", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: empty");
      assertThat(client.head().status()).contains(" 200 ");
    }
  }

  @Test
  void bodiesAreJsonAsItIs() {
    String post = "POST /broadcast?channel_id=news HTTP/1.1\r\nHost: localhost\r\n";
    String body = "Content-Length: 12\r\n\r\n{\"type\":\"t\"}";
    assertThat(answer(post + body))
        .contains(" 415 ", "add -H 'content-type: application/json'".replace("'", "\\\\'"));
    assertThat(answer(post + "Content-Type: application/x-www-form-urlencoded\r\n" + body))
        .contains(" 415 ", "application/x-www-form-urlencoded is not read here");
    assertThat(answer(post + JSON + "Content-Encoding: gzip\r\n" + body))
        .contains(" 415 ", "not encoded: content-encoding gzip");
    nothingHasHappened();
    String mark = "Content-Length: 15\r\n\r\n\uFEFF{\"type\":\"t\"}";
    assertThat(answer(post + JSON + mark)).contains(" 400 ", "byte order mark");
    assertThat(answer(post + JSON + body)).contains(" 200 ");
  }

  @Test
  void commandsWithoutABodyNeedNoType() {
    for (String type : List.of("", "Content-Type: application/x-www-form-urlencoded\r\n")) {
      for (String length : List.of("", "Content-Length: 0\r\n")) {
        String rest = " HTTP/1.1\r\nHost: localhost\r\n" + type + length + "\r\n";
        assertThat(answer("PUT /create" + rest)).contains(" 200 ");
        assertThat(answer("POST /subscribe?channel_id=news" + rest)).contains(" 200 ");
      }
    }
  }

  @Test
  void anExpectationThatIsNotMetEndsTheConnection() {
    try (RawClient client = hub.connect()) {
      client.send(
          "POST /broadcast?channel_id=news HTTP/1.1\r\nHost: localhost\r\n"
              + JSON
              + "Expect: miracles\r\nContent-Length: 12\r\n\r\n");
      RawClient.Head head = client.head();
      assertThat(head.status()).isEqualTo("HTTP/1.1 417 Expectation Failed");
      assertThat(head.header("connection")).isEqualToIgnoringCase("close");
      assertThat(client.body(head)).contains("cannot do what is expected: miracles");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void theHubsOwnPagesWorkWhereOthersAreAllowed() {
    CorsOptions cors = new CorsOptions().setOrigins(List.of("capacitor://localhost"));
    try (HttpHub shared = new HttpHub(new HttpOptions().setCors(cors))) {
      shared.channel("news");
      String own = "http://127.0.0.1:" + shared.port();
      var answer =
          shared.request("POST", "/broadcast?channel_id=news", "{\"type\":\"t\"}", "Origin", own);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");
      assertThat(answer.headers().firstValue("vary")).hasValue("origin");
      answer =
          shared.request(
              "POST",
              "/broadcast?channel_id=news",
              "{\"type\":\"t\"}",
              "Origin",
              "capacitor://localhost");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("access-control-allow-origin"))
          .hasValue("capacitor://localhost");
      assertThat(answer.headers().firstValue("access-control-expose-headers"))
          .hasValue("Eric-Message-Id,Eric-Position,Retry-After");
      // Such a page may also read why it was refused.
      answer =
          shared.request(
              "POST",
              "/broadcast?channel_id=news",
              "x",
              "Origin",
              "capacitor://localhost",
              "Content-Type",
              "text/plain");
      assertThat(answer.statusCode()).isEqualTo(415);
      assertThat(answer.headers().firstValue("access-control-allow-origin")).isPresent();
    }
  }

  @Test
  void aPageMaySendTheHeadersOfTheSetting() {
    JsonObject settings =
        new JsonObject()
            .put("cors", new JsonObject().put("origins", new JsonArray().add("https://a.example")));
    assertThat(preflight(settings))
        .isEqualTo(
            "Authorization,Cache-Control,Content-Type,Idempotency-Key,Last-Event-ID,"
                + "X-Requested-With");
    settings.getJsonObject("cors").put("headers", new JsonArray().add("X-Mine"));
    assertThat(preflight(settings)).isEqualTo("X-Mine");
  }

  private static String preflight(JsonObject settings) {
    try (HttpHub shared = new HttpHub(new HttpOptions(settings));
        RawClient client = shared.connect()) {
      client.send(
          "OPTIONS /watch/news HTTP/1.1\r\nHost: localhost\r\nOrigin: https://a.example\r\n"
              + "Access-Control-Request-Method: GET\r\n"
              + "Access-Control-Request-Headers: cache-control,x-requested-with\r\n\r\n");
      RawClient.Head head = client.head();
      assertThat(head.status()).isEqualTo("HTTP/1.1 204 No Content");
      return head.header("access-control-allow-headers");
    }
  }

  /** Status line and body of the answer. */
  private String answer(String request) {
    try (RawClient client = hub.connect()) {
      client.send(request);
      RawClient.Head head = client.head();
      boolean bare = request.startsWith("HEAD") || head.status().contains(" 204 ");
      return head.status() + " \n" + (bare ? "" : client.body(head));
    }
  }
}
