package io.eric.http;

import io.eric.channel.ChannelContainer;
import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.Command;
import io.eric.log.MessageStore;
import io.eric.log.indexed.MemoryStore;
import io.eric.metrics.CounterName;
import io.eric.metrics.GaugeName;
import io.eric.metrics.Meters;
import io.eric.options.HttpOptions;
import io.eric.options.SSEChannelOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;

/** A hub with a memory store and the HTTP door, on a free port, and a plain client for it. */
public final class HttpHub implements AutoCloseable {

  final Vertx vertx;
  final ChannelContainer channels;
  final HttpVerticle door;

  /** What to undeploy. */
  final String doorId;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  public HttpHub() {
    this(new HttpOptions());
  }

  public HttpHub(HttpOptions options) {
    this(options, MemoryStore.create(), VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE);
  }

  /** On one event loop, channels and door are registry. */
  public HttpHub(HttpOptions options, MessageStore store, int eventLoops) {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(eventLoops));
    channels = new ChannelContainer(vertx, store, new SSEChannelOptions());
    door = new HttpVerticle(options.setPort(0));
    await(channels.start());
    doorId = await(vertx.deployVerticle(door));
  }

  public int port() {
    return door.actualPort();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  public RawClient connect() {
    return new RawClient(port());
  }

  /** Sends a request with a body, JSON if no header says else, and waits for the whole answer. */
  public HttpResponse<String> request(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .setHeader("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      for (int i = 0; i < headers.length; i += 2) {
        request.setHeader(headers[i], headers[i + 1]);
      }
    }
    return send(request.build());
  }

  public HttpResponse<String> request(String method, String path) {
    return send(
        HttpRequest.newBuilder(uri(path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build());
  }

  HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The JSON of a successful answer. */
  Object ok(HttpResponse<String> answer) {
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return Json.decodeValue(answer.body());
  }

  public void channel(String id) {
    ok(request("PUT", "/create?channel_id=" + id));
  }

  public void channel(String id, JsonObject options) {
    await(channels.create(id, options));
  }

  void listener(String channel, String id) {
    ok(request("POST", "/subscribe?channel_id=" + channel + "&listener_id=" + id));
  }

  long counted(CounterName counter) {
    return Meters.of(vertx).get(counter);
  }

  long sampled(GaugeName gauge) {
    return await(Meters.of(vertx).sample(vertx)).get(gauge);
  }

  /** Broadcasts and gives the position. */
  public String broadcast(String channel, String type, Object payload) {
    HttpResponse<String> answer =
        request("POST", "/broadcast?channel_id=" + channel, message(type, payload));
    ok(answer);
    return answer.headers().firstValue("Eric-Message-Id").orElseThrow();
  }

  /** Dispatches and gives the position. */
  String dispatch(String channel, String listener, String type, Object payload) {
    HttpResponse<String> answer =
        request(
            "POST",
            "/dispatch?channel_id=" + channel + "&listener_id=" + listener,
            message(type, payload));
    ok(answer);
    return answer.headers().firstValue("Eric-Message-Id").orElseThrow();
  }

  /** What another door would do. */
  Object command(Command command) {
    return await(new BusClient(vertx).command(command));
  }

  /** How many messages a listener has not acknowledged. */
  long lag(String channel, String listener) {
    for (Object each : (JsonArray) command(new Command.ListAll(channel))) {
      JsonObject connection = (JsonObject) each;
      if (connection.getString("listener").equals(listener)) {
        return connection.getLong("lag");
      }
    }
    throw new AssertionError("no listener " + listener);
  }

  /** State of a listener, as {@code ls} shows it. */
  String state(String channel, String listener) {
    return listed(channel, listener, "state");
  }

  /** What a listener has read, as {@code ls} shows it. */
  String position(String channel, String listener) {
    return listed(channel, listener, "position");
  }

  private String listed(String channel, String listener, String key) {
    return ((JsonArray) command(new Command.ListAll(channel)))
        .stream()
            .map(JsonObject.class::cast)
            .filter(one -> one.getString("listener").equals(listener))
            .map(one -> one.getString(key))
            .findFirst()
            .orElse("none");
  }

  static String message(String type, Object payload) {
    return new JsonObject().put("type", type).put("payload", payload).encode();
  }

  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
