package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.RetryDelayStrategy;
import io.eric.internal.protocol.Command;
import io.eric.options.HttpOptions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP door as other people's clients and browsers use it. */
class HttpClientsTest {

  private static final String PAGE = "https://page.example:8443";

  private HttpHub hub;

  @BeforeEach
  void start() {
    HttpOptions options = new HttpOptions().setRetryFloor(50);
    options.getCors().setOrigins(List.of(PAGE)).setCredentials(true);
    hub = new HttpHub(options);
    hub.channel("news");
    hub.listener("news", "me");
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void http2InClearTextCarriesCommandsAndStreamsOnOneConnection(boolean upgrade) {
    HttpClientAgent client =
        hub.vertx
            .httpClientBuilder()
            .with(
                new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(upgrade))
            .build();
    StringBuffer events = new StringBuffer();
    HttpClientResponse stream = request(client, HttpMethod.GET, "/stream/news/me", "");
    stream.handler(chunk -> events.append(chunk.toString()));
    stream.resume();
    assertThat(stream.version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(stream.statusCode()).isEqualTo(200);
    assertThat(stream.getHeader("content-type")).isEqualTo("text/event-stream");
    assertThat(stream.getHeader("transfer-encoding")).isNull();
    await().until(() -> events.toString().startsWith(":\nretry: "));
    HttpClientResponse published =
        request(
            client,
            HttpMethod.POST,
            "/broadcast?channel_id=news",
            HttpHub.message("greeting", "hello"));
    assertThat(published.statusCode()).isEqualTo(200);
    assertThat(published.version()).isEqualTo(HttpVersion.HTTP_2);
    String id = published.getHeader("eric-message-id");
    await()
        .untilAsserted(
            () ->
                assertThat(events.toString())
                    .endsWith("event: greeting\nid: " + id + "\ndata: hello\n\n"));
    stream.request().reset();
    await().until(() -> hub.state("news", "me").equals("detached"));
    assertThat(request(client, HttpMethod.HEAD, "/stream/news/me", "").statusCode()).isEqualTo(200);
    assertThat(request(client, HttpMethod.POST, "/broadcast?channel_id=none", "{}").statusCode())
        .isEqualTo(400);
  }

  @Test
  void aTooLongBodyOverHttp2DoesNotHurtTheConnection() {
    try (HttpHub small = new HttpHub(new HttpOptions().setMaxBody(1000))) {
      HttpClientAgent client =
          small
              .vertx
              .httpClientBuilder()
              .with(
                  new HttpClientOptions()
                      .setProtocolVersion(HttpVersion.HTTP_2)
                      .setHttp2ClearTextUpgrade(false))
              .build();
      HttpClientRequest request =
          HttpHub.await(client.request(HttpMethod.POST, small.port(), "127.0.0.1", "/publish"));
      HttpClientResponse refused =
          HttpHub.await(
              request
                  .putHeader("content-type", "application/json")
                  .send(Buffer.buffer("x".repeat(5000))));
      assertThat(refused.statusCode()).isEqualTo(413);
      HttpClientRequest next =
          HttpHub.await(client.request(HttpMethod.GET, small.port(), "127.0.0.1", "/healthz"));
      assertThat(HttpHub.await(next.send()).statusCode()).isEqualTo(200);
      assertThat(next.connection()).isSameAs(request.connection());
    }
  }

  @Test
  void theJdksClientUpgradesToHttp2() throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    HttpResponse<String> first =
        client.send(
            HttpRequest.newBuilder(hub.uri("/channels")).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(first.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(first.body()).isEqualTo("[\"news\"]");
    HttpResponse<String> second =
        client.send(
            HttpRequest.newBuilder(hub.uri("/broadcast?channel_id=news"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(HttpHub.message("t", 1)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(second.headers().firstValue("eric-message-id")).isPresent();
  }

  @Test
  void okhttpReadsEventsAndResumesByTheirIds() throws Exception {
    OkHttpClient client = new OkHttpClient.Builder().readTimeout(0, TimeUnit.SECONDS).build();
    try {
      BlockingQueue<String> events = new LinkedBlockingQueue<>();
      AtomicReference<String> lastId = new AtomicReference<>();
      okhttp3.sse.EventSource source = open(client, events, lastId);
      hub.broadcast("news", "first", "a\r\nb\n\u00e9");
      assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("first a\nb\n\u00e9");
      source.cancel();
      await().until(() -> hub.state("news", "me").equals("detached"));
      hub.broadcast("news", "second", new JsonObject().put("x", 1));
      hub.dispatch("news", "me", "third", "");
      open(client, events, lastId);
      assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("second {\"x\":1}");
      assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("third ");
    } finally {
      client.dispatcher().cancelAll();
      client.dispatcher().executorService().shutdown();
      client.connectionPool().evictAll();
    }
  }

  @Test
  void anEventSourceReconnectsByItselfAndMissesNothing() {
    List<String> seen = new CopyOnWriteArrayList<>();
    List<Integer> sent = new ArrayList<>();
    try (EventSource source =
        new EventSource.Builder(ConnectStrategy.http(hub.uri("/stream/news/me")))
            .retryDelayStrategy(RetryDelayStrategy.defaultStrategy().jitterMultiplier(0))
            .errorStrategy(com.launchdarkly.eventsource.ErrorStrategy.alwaysContinue())
            .build()) {
      Thread reader =
          new Thread(
              () -> {
                for (MessageEvent event : source.messages()) {
                  if (event.getEventName().equals("n")) {
                    seen.add(event.getData());
                  }
                }
              });
      reader.setDaemon(true);
      reader.start();
      for (int i = 0; i < 60; i++) {
        hub.broadcast("news", "n", i);
        sent.add(i);
        if (i % 20 == 10) {
          int known = i;
          await().until(() -> seen.contains(String.valueOf(known)));
          source.interrupt(); // as if the connection had broken
        }
      }
      await().until(() -> seen.contains("59"));
    }
    assertThat(seen).isEqualTo(sent.stream().map(String::valueOf).toList());
  }

  @Test
  void anEventSourceIsToldToGiveUpAfterAStop() throws Exception {
    String id = hub.broadcast("news", "t", 1);
    try (RawClient client = hub.connect().stream("/stream/news/me")) {
      client.chunksUntil("data: 1\n\n");
    }
    hub.command(new Command.Stop("news", "me"));
    OkHttpClient client = new OkHttpClient();
    try (Response answer =
        client
            .newCall(
                new Request.Builder()
                    .url(hub.uri("/stream/news/me").toURL())
                    .header("Last-Event-ID", id)
                    .build())
            .execute()) {
      assertThat(answer.code()).isEqualTo(204);
    } finally {
      client.dispatcher().executorService().shutdown();
      client.connectionPool().evictAll();
    }
  }

  @Test
  void curlShowsEventsAsTheyCome() throws Exception {
    boolean present =
        new ProcessBuilder("sh", "-c", "command -v curl")
                .redirectErrorStream(true)
                .start()
                .waitFor()
            == 0;
    if (!present && System.getenv("ERIC_REQUIRE_ALL") != null) {
      throw new AssertionError("curl is required here");
    }
    assumeTrue(present, "skipped: no curl on this machine");
    Process curl = new ProcessBuilder("curl", "-sN", hub.uri("/stream/news/me").toString()).start();
    try (var out = curl.inputReader()) {
      assertThat(out.readLine()).isEqualTo(":");
      assertThat(out.readLine()).startsWith("retry: ");
      String id = hub.broadcast("news", "greeting", "hello");
      assertThat(out.readLine()).isEqualTo("event: greeting");
      assertThat(out.readLine()).isEqualTo("id: " + id);
      assertThat(out.readLine()).isEqualTo("data: hello");
      assertThat(out.readLine()).isEmpty();
    } finally {
      curl.destroyForcibly();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET,  /stream/news/me,            Last-Event-ID",
    "GET,  /watch/news,                Authorization",
    "POST, /broadcast?channel_id=news, 'Content-Type,Idempotency-Key'",
    "PUT,  /create,                    Authorization",
    "DELETE, /channel/news,            Authorization",
  })
  void aPageOfAnAllowedOriginMayAskBeforehand(String method, String path, String headers) {
    try (RawClient client = hub.connect()) {
      client.send(
          "OPTIONS "
              + path
              + " HTTP/1.1\r\nHost: localhost\r\nOrigin: "
              + PAGE
              + "\r\nAccess-Control-Request-Method: "
              + method
              + "\r\nAccess-Control-Request-Headers: "
              + headers
              + "\r\n\r\n");
      RawClient.Head head = client.head();
      assertThat(head.status()).isEqualTo("HTTP/1.1 204 No Content");
      assertThat(head.header("access-control-allow-origin")).isEqualTo(PAGE);
      assertThat(head.header("access-control-allow-credentials")).isEqualTo("true");
      assertThat(head.header("access-control-allow-methods")).contains(method);
      for (String header : headers.split(",")) {
        assertThat(head.header("access-control-allow-headers")).containsIgnoringCase(header);
      }
    }
  }

  @Test
  void aPageOfAnAllowedOriginMayReadStreamsAndPositions() {
    try (RawClient client = hub.connect()) {
      client.get("/watch/news", "Origin: " + PAGE);
      RawClient.Head head = client.head();
      assertThat(head.header("access-control-allow-origin")).isEqualTo(PAGE);
      assertThat(head.header("access-control-expose-headers"))
          .containsIgnoringCase("eric-message-id");
    }
  }

  @Test
  void aPageOfAnotherOriginIsRefused() {
    try (RawClient client = hub.connect()) {
      client.get("/channels", "Origin: https://evil.example");
      RawClient.Head head = client.head();
      assertThat(head.status()).startsWith("HTTP/1.1 403 ");
      assertThat(head.headers()).doesNotContainKey("access-control-allow-origin");
      assertThat(new JsonObject(client.body(head)).getString("error")).isEqualTo("Forbidden");
    }
  }

  @Test
  void withoutSettingsNoPageOfAnotherOriginMayRead() {
    try (HttpHub closed = new HttpHub();
        RawClient client = closed.connect()) {
      client.get("/channels", "Origin: " + PAGE);
      assertThat(client.head().headers()).doesNotContainKey("access-control-allow-origin");
    }
  }

  private okhttp3.sse.EventSource open(
      OkHttpClient client, BlockingQueue<String> events, AtomicReference<String> lastId)
      throws Exception {
    Request.Builder request = new Request.Builder().url(hub.uri("/stream/news/me").toURL());
    if (lastId.get() != null) {
      request.header("Last-Event-ID", lastId.get());
    }
    return EventSources.createFactory(client)
        .newEventSource(
            request.build(),
            new EventSourceListener() {
              @Override
              public void onEvent(
                  okhttp3.sse.EventSource source, String id, String type, String data) {
                lastId.set(id);
                events.add(type + " " + data);
              }
            });
  }

  private HttpClientResponse request(
      HttpClientAgent client, HttpMethod method, String path, String body) {
    Future<HttpClientResponse> answer =
        client
            .request(method, hub.port(), "127.0.0.1", path)
            .compose(
                request ->
                    request
                        .putHeader("content-type", "application/json")
                        .send(Buffer.buffer(body))
                        .map(
                            response -> {
                              response.pause(); // in the turn that has its head
                              return response;
                            }));
    return HttpHub.await(answer);
  }
}
