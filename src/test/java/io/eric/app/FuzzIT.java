package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.eric.internal.protocol.BusReply;
import io.eric.options.EricOptions;
import io.eric.testing.Hub;
import io.eric.testing.Mutator;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Spoilt and random input at each door for a minute, all doors at the same time. After each batch
 * the next client is served as always; in the end nothing is left behind, and nothing was logged as
 * an error. To repeat a run: {@code -Deric.fuzz.seed=...}; for longer: {@code -Deric.fuzz.seconds}.
 */
@Timeout(3600)
class FuzzIT {

  private static final long SECONDS = Long.getLong("eric.fuzz.seconds", 60);
  private static final long SEED = Long.getLong("eric.fuzz.seed", System.nanoTime());
  private static final int BATCH = 40;
  private static final String CHANNEL = "fuzz";
  private static final long MIB = 1 << 20;

  /** Deadlines short enough that what is left open is closed during the test. */
  private static final JsonObject SETTINGS =
      new JsonObject()
          .put("http", new JsonObject().put("requestTimeout", 2_000).put("idleTimeout", 2_000))
          .put(
              "socket",
              new JsonObject()
                  .put("commandTimeout", 2_000)
                  .put("edge", new JsonObject().put("heartbeat", 500)));

  /** Well-formed commands, to be spoilt; on the socket and the event bus. */
  private static final List<String> COMMANDS =
      List.of(
          "{\"v\":\"c\",\"c\":\"fuzz\"}",
          "{\"v\":\"c\",\"c\":\"fuzz2\",\"options\":{\"overflow\":\"wait\",\"limit\":{\"messages\":10}}}",
          "{\"v\":\"r\",\"c\":\"fuzz\",\"r\":\"me\"}",
          "{\"v\":\"r\",\"c\":\"fuzz\"}",
          "{\"v\":\"b\",\"c\":\"fuzz\",\"t\":\"type\",\"p\":{\"a\":[1.50,null,\"\\ud83d\\ude00\"]}}",
          "{\"v\":\"d\",\"c\":\"fuzz\",\"r\":\"me\",\"t\":\"type\",\"p\":\"text\",\"key\":\"k\"}",
          "{\"v\":\"l\",\"c\":\"fuzz\",\"r\":\"me\",\"window\":3}",
          "{\"v\":\"l\",\"c\":\"fuzz\",\"r\":\"me\",\"after\":\"abc-17\"}",
          "{\"v\":\"w\",\"c\":\"fuzz\"}",
          "{\"v\":\"s\",\"c\":\"fuzz\",\"r\":\"me\"}",
          "{\"v\":\"rl\",\"c\":\"fuzz\",\"r\":\"me\"}",
          "{\"v\":\"rc\",\"c\":\"fuzz2\"}",
          "{\"v\":\"ls\"}",
          "{\"v\":\"ls\",\"c\":\"fuzz\"}",
          "{\"v\":\"ping\"}");

  @TempDir private Path dir;

  private long end;

  @Test
  void everyDoorGoesOnServingWhateverItIsSent() throws Exception {
    System.out.println("seed " + SEED);
    end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    ExecutorService doors = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> all = new ArrayList<>();
      all.add(doors.submit(this::fuzzHttp));
      all.add(doors.submit(this::fuzzSocket));
      all.add(doors.submit(this::fuzzBus));
      for (Future<?> each : all) {
        try {
          each.get();
        } catch (ExecutionException e) {
          throw new AssertionError("seed " + SEED + ": " + e.getCause(), e.getCause());
        }
      }
    } finally {
      doors.shutdownNow();
    }
  }

  private boolean isTime() {
    return System.nanoTime() < end;
  }

  private HubProcess hub(String name) throws IOException {
    return HubProcess.start(Files.createDirectory(dir.resolve(name)), SETTINGS, "-Xmx96m");
  }

  /** What a hub is like when nobody is connected and no channel is there. */
  private record Rest(int descriptors, long heap) {
    private static Rest of(HubProcess hub) {
      long heap = hub.heap().bytes();
      return new Rest(hub.descriptors(), heap);
    }

    private void await(HubProcess hub) {
      org.awaitility.Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(
              () -> {
                assertThat(hub.descriptors()).isLessThanOrEqualTo(descriptors + 2);
                assertThat(hub.heap().bytes()).isLessThan(heap + 6 * MIB);
              });
      assertThat(hub.process().isAlive()).isTrue();
      assertThat(hub.complaints()).isEmpty();
    }
  }

  /** Spoilt ids make channels of all names; they would be a leak of the test's. */
  private static void removeChannels(HubProcess hub) {
    for (Object id : new JsonArray(hub.call(new JsonObject().put("v", "ls")))) {
      hub.call(new JsonObject().put("v", "rc").put("c", id));
    }
  }

  private static String shown(byte[] input) {
    return "input, as base64: " + Base64.getEncoder().encodeToString(input);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  // ---- HTTP

  private Void fuzzHttp() throws Exception {
    Mutator mutator = new Mutator(SEED);
    int requests = 0;
    try (HubProcess hub = hub("http")) {
      servesHttp(hub, 0);
      Rest rest = Rest.of(hub);
      for (int batch = 1; isTime(); batch++) {
        for (int i = 0; i < BATCH; i++, requests++) {
          byte[] input = httpInput(mutator);
          String answer = sendHttp(hub, mutator, input);
          assertThat(answer).as(shown(input)).doesNotContainPattern("HTTP/1\\.[01] 500 ");
        }
        servesHttp(hub, batch);
        removeChannels(hub);
      }
      rest.await(hub);
    }
    System.out.println("HTTP: " + requests + " connections");
    return null;
  }

  private static byte[] httpInput(Mutator mutator) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = mutator.random().nextInt(4); i >= 0; i--) {
      byte[] request = httpRequest(mutator);
      switch (mutator.random().nextInt(4)) {
        case 0 -> out.writeBytes(request);
        case 1 -> out.writeBytes(mutator.noise(100));
        default -> out.writeBytes(mutator.mutate(request));
      }
    }
    return out.toByteArray();
  }

  private static byte[] httpRequest(Mutator mutator) {
    String body =
        mutator.oneOf(List.of("{\"type\":\"t\",\"payload\":[1,\"x\"]}", "{\"type\":\"t\"}"));
    String line =
        mutator.oneOf(
            List.of(
                "PUT /create?channel_id=fuzz",
                "PUT /create",
                "POST /subscribe?channel_id=fuzz&listener_id=me",
                "POST /broadcast?channel_id=fuzz",
                "POST /dispatch?channel_id=fuzz&listener_id=me",
                "POST /publish",
                "GET /stream/fuzz/me",
                "GET /watch/fuzz?last_event_id=abc-7",
                "HEAD /watch/fuzz",
                "OPTIONS /watch/fuzz",
                "DELETE /listener/fuzz/me",
                "DELETE /channel/fuzz",
                "GET /",
                "GET /channels",
                "GET /healthz",
                "GET /metrics",
                "GET /openapi.json",
                "PRI *"));
    if (line.startsWith("PRI")) {
      return bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
    }
    if (line.startsWith("POST /publish")) {
      body = "[{\"c\":\"fuzz\",\"t\":\"t\",\"p\":1},{\"c\":\"fuzz\",\"r\":\"me\",\"t\":\"t\"}]";
    }
    StringBuilder request = new StringBuilder(line).append(" HTTP/1.1\r\nHost: localhost\r\n");
    if (mutator.random().nextInt(4) == 0) {
      request.append("Accept: text/event-stream\r\nLast-Event-ID: abc-3\r\nIdempotency-Key: k\r\n");
    }
    if (!line.startsWith("POST")) {
      return bytes(request.append("\r\n").toString());
    }
    if (mutator.random().nextBoolean()) {
      request
          .append("Content-Type: application/json\r\nContent-Length: ")
          .append(body.length())
          .append("\r\n\r\n")
          .append(body);
    } else {
      request.append("Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
      request.append(Integer.toHexString(body.length())).append("\r\n").append(body);
      request.append("\r\n0\r\n\r\n");
    }
    return bytes(request.toString());
  }

  /** Sends it, whole or in two parts, looks what comes at once, and goes, politely or not. */
  private static String sendHttp(HubProcess hub, Mutator mutator, byte[] input) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (Socket socket = new Socket(hub.host(), hub.port())) {
      socket.setSoTimeout(1 + mutator.random().nextInt(20));
      socket.setTcpNoDelay(true);
      int cut = mutator.random().nextInt(3) == 0 ? mutator.random().nextInt(input.length + 1) : 0;
      boolean reset = mutator.random().nextBoolean();
      boolean half = mutator.random().nextInt(3) == 0;
      try {
        socket.getOutputStream().write(input, 0, cut);
        socket.getOutputStream().write(input, cut, input.length - cut);
        if (half) {
          socket.shutdownOutput();
        }
        byte[] buffer = new byte[16 << 10];
        for (int count; (count = socket.getInputStream().read(buffer)) > 0; ) {
          answer.write(buffer, 0, count);
        }
      } catch (IOException closedOrNothingMore) {
        // as it should be, whatever was sent
      }
      if (reset) {
        socket.setSoLinger(true, 0);
      }
    }
    return answer.toString(StandardCharsets.ISO_8859_1);
  }

  private static void servesHttp(HubProcess hub, int batch) throws Exception {
    String id = "check-" + batch;
    String payload = "number " + batch;
    assertThat(http(hub, "PUT", "/create?channel_id=" + id, ""))
        .isEqualTo(new JsonObject().put("channel_id", id).encode());
    String listener = "channel_id=" + id + "&listener_id=me";
    assertThat(http(hub, "POST", "/subscribe?" + listener, ""))
        .isEqualTo("{\"listener_id\":\"me\"}");
    String message = new JsonObject().put("type", "n").put("payload", payload).encode();
    assertThat(http(hub, "POST", "/dispatch?" + listener, message)).isEqualTo("null");
    HttpURLConnection stream = request(hub, "GET", "/stream/" + id + "/me");
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(stream.getInputStream(), StandardCharsets.UTF_8))) {
      String line = lines.readLine();
      while (!line.startsWith("data: ")) {
        line = lines.readLine();
      }
      assertThat(line).isEqualTo("data: " + payload);
      stream.disconnect();
    }
    assertThat(http(hub, "DELETE", "/channel/" + id, "")).isEqualTo("null");
  }

  private static String http(HubProcess hub, String method, String path, String body)
      throws IOException {
    HttpURLConnection request = request(hub, method, path);
    if (!method.equals("DELETE")) {
      request.setDoOutput(true);
      try (OutputStream out = request.getOutputStream()) {
        out.write(bytes(body));
      }
    }
    int status = request.getResponseCode();
    try (InputStream in = status < 400 ? request.getInputStream() : request.getErrorStream()) {
      String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(status).as("%s %s: %s", method, path, answer).isEqualTo(200);
      return answer;
    }
  }

  /**
   * A request on a connection of its own: the hub's idle time-out is short here, so a connection
   * that is kept for the next request may be closed while that request is on its way.
   */
  private static HttpURLConnection request(HubProcess hub, String method, String path)
      throws IOException {
    HttpURLConnection request =
        (HttpURLConnection) URI.create(hub.url(path)).toURL().openConnection();
    request.setRequestMethod(method);
    request.setConnectTimeout(60_000);
    request.setReadTimeout(60_000);
    request.setRequestProperty("Connection", "close");
    request.setRequestProperty("Content-Type", "application/json");
    return request;
  }

  // ---- the socket

  private Void fuzzSocket() throws Exception {
    Mutator mutator = new Mutator(SEED + 1);
    int connections = 0;
    try (HubProcess hub = hub("socket")) {
      servesSocket(hub, 0);
      Rest rest = Rest.of(hub);
      for (int batch = 1; isTime(); batch++) {
        for (int i = 0; i < BATCH; i++, connections++) {
          byte[] input = socketInput(mutator);
          String answers = sendSocket(hub, mutator, input);
          for (String line : answers.split("\n")) {
            assertThat(line.strip())
                .as(shown(input))
                .matches(
                    "|pong|ack|[A-Za-z0-9._~-]{1,128}|[\\[{].*[\\]}]"
                        + "|(Invalid\\w+|PayloadTooLarge|LogFullException|Unavailable)\\('.*'\\)");
          }
        }
        servesSocket(hub, batch);
        removeChannels(hub);
      }
      rest.await(hub);
    }
    System.out.println("socket: " + connections + " connections");
    return null;
  }

  private static byte[] socketInput(Mutator mutator) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean oneShot = mutator.random().nextInt(3) == 0;
    for (int i = oneShot ? 0 : mutator.random().nextInt(6); i >= 0; i--) {
      byte[] command = bytes(mutator.oneOf(COMMANDS));
      switch (mutator.random().nextInt(4)) {
        case 0 -> out.writeBytes(command);
        case 1 -> out.writeBytes(mutator.noise(60));
        default -> out.writeBytes(mutator.mutate(command));
      }
      if (!oneShot) {
        out.write('\n');
      }
    }
    return out.toByteArray();
  }

  private static String sendSocket(HubProcess hub, Mutator mutator, byte[] input) {
    ByteArrayOutputStream answers = new ByteArrayOutputStream();
    boolean half = mutator.random().nextInt(3) > 0;
    long patience = TimeUnit.MILLISECONDS.toNanos(1 + mutator.random().nextInt(20));
    try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.connect(UnixDomainSocketAddress.of(hub.socket()));
      socket.write(ByteBuffer.wrap(input)); // smaller than the kernel's buffer
      if (half) {
        socket.shutdownOutput();
      }
      socket.configureBlocking(false);
      ByteBuffer buffer = ByteBuffer.allocate(16 << 10);
      long last = System.nanoTime();
      while (System.nanoTime() - last < patience) {
        int count = socket.read(buffer);
        if (count < 0) {
          break;
        }
        if (count > 0) {
          answers.write(buffer.array(), 0, count);
          buffer.clear();
          last = System.nanoTime();
        } else {
          LockSupport.parkNanos(200_000);
        }
      }
    } catch (IOException closed) {
      // as it should be, whatever was sent
    }
    String text = answers.toString(StandardCharsets.UTF_8);
    int whole = text.lastIndexOf('\n') + 1;
    return half ? text : text.substring(0, whole); // the last line may not be there yet
  }

  private static void servesSocket(HubProcess hub, int batch) throws Exception {
    String id = "check-" + batch;
    hub.channel(id, null);
    hub.listener(id, "me");
    hub.broadcast(id, "n", batch);
    try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.connect(UnixDomainSocketAddress.of(hub.socket()));
      JsonObject listen = new JsonObject().put("v", "l").put("c", id).put("r", "me");
      socket.write(ByteBuffer.wrap(bytes("{\"v\":\"ping\"}\n" + listen.encode() + '\n')));
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  java.nio.channels.Channels.newInputStream(socket), StandardCharsets.UTF_8));
      assertThat(lines.readLine()).isEqualTo("pong");
      assertThat(new JsonObject(lines.readLine()).getInteger("data")).isEqualTo(batch);
    }
    assertThat(hub.call(new JsonObject().put("v", "rc").put("c", id))).isEqualTo("ack");
  }

  // ---- the event bus

  /** What is logged as an error, by whomever, in this process. */
  private static final class Errors extends AppenderBase<ILoggingEvent> {
    private final List<String> errors = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
        String cause = event.getThrowableProxy() == null ? "" : ": " + event.getThrowableProxy();
        errors.add(event.getFormattedMessage() + cause);
      }
    }
  }

  private Void fuzzBus() throws Exception {
    Mutator mutator = new Mutator(SEED + 2);
    Errors errors = new Errors();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    errors.start();
    root.addAppender(errors);
    Vertx vertx = Vertx.vertx();
    List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    vertx.exceptionHandler(uncaught::add);
    int requests = 0;
    try {
      EricVerticle hub =
          new EricVerticle(new EricOptions().setSocketEnabled(false).setHttpEnabled(false));
      Hub.await(vertx.deployVerticle(hub));
      for (int batch = 1; isTime(); batch++) {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (int i = 0; i < BATCH; i++, requests++) {
          answers.add(sendOnBus(vertx, mutator));
        }
        for (CompletableFuture<?> answer : answers) {
          answer.get(60, TimeUnit.SECONDS);
        }
        servesBus(vertx, batch);
        for (Object id :
            ask(vertx, "eric.channels", new JsonObject().put("v", "ls")).getJsonArray("result")) {
          ask(vertx, "eric.channel." + id, new JsonObject().put("v", "rc"));
        }
      }
      assertThat(uncaught).isEmpty();
      assertThat(errors.errors).isEmpty();
    } finally {
      root.detachAppender(errors);
      Hub.await(vertx.close());
    }
    System.out.println("event bus: " + requests + " requests");
    return null;
  }

  private static CompletableFuture<?> sendOnBus(Vertx vertx, Mutator mutator) {
    String address =
        mutator.oneOf(
            List.of(
                "eric.channels", "eric.channel.fuzz", "eric.channel.fuzz", "eric.channel.fuzz2"));
    Object body = busBody(mutator);
    CompletableFuture<Object> answered = new CompletableFuture<>();
    vertx
        .eventBus()
        .request(address, body, new DeliveryOptions().setSendTimeout(30_000))
        .onComplete(
            reply -> {
              if (reply.body() instanceof JsonObject answer && answer.containsKey("result")) {
                answered.complete(answer);
              } else {
                answered.completeExceptionally(
                    new AssertionError(body + " was answered " + reply.body()));
              }
            },
            failure -> {
              // A channel may be removed before or while the request waits for its turn there.
              boolean expected =
                  BusReply.hadNoHandler(failure)
                      || failure instanceof ReplyException e
                          && e.failureType() == ReplyFailure.RECIPIENT_FAILURE
                          && Set.of(400, 404, 409, 413, 429, 503).contains(e.failureCode())
                          && e.getMessage().matches("(?s)[A-Z]\\w+\\('.*'\\)");
              if (expected) {
                answered.complete(failure);
              } else {
                answered.completeExceptionally(new AssertionError(address + ' ' + body, failure));
              }
            });
    return answered;
  }

  private static Object busBody(Mutator mutator) {
    JsonObject command = new JsonObject(mutator.oneOf(COMMANDS));
    switch (mutator.random().nextInt(12)) {
      case 0 -> {
        return mutator.oneOf(List.of("text", 17, true, 1.5, Buffer.buffer("{}"), new JsonArray()));
      }
      case 1 -> {
        return new JsonObject();
      }
      case 2, 3, 4 -> {
        return command;
      }
      default -> {
        for (int i = mutator.random().nextInt(3); i >= 0; i--) {
          String key =
              mutator.oneOf(
                  List.of("v", "c", "r", "t", "p", "key", "after", "window", "options", "sender"));
          if (mutator.random().nextInt(3) == 0) {
            command.remove(key);
          } else {
            command.put(key, value(mutator, 4));
          }
        }
        return command;
      }
    }
  }

  private static Object value(Mutator mutator, int depth) {
    return switch (mutator.random().nextInt(depth == 0 ? 6 : 9)) {
      case 0 -> null;
      case 1 -> mutator.random().nextInt();
      case 2 -> mutator.random().nextGaussian() * 1e300;
      case 3 -> mutator.random().nextBoolean();
      case 4 -> new String(mutator.noise(20), StandardCharsets.ISO_8859_1);
      case 5 -> mutator.oneOf(List.of("fuzz", "me", "l", "b", "_eric_gap", "", "x".repeat(300)));
      case 6 -> new JsonArray().add(value(mutator, depth - 1)).add(value(mutator, depth - 1));
      case 7 -> {
        Object nested = 1;
        for (int i = mutator.random().nextInt(300); i > 0; i--) {
          nested = new JsonArray().add(nested);
        }
        yield nested;
      }
      default ->
          new JsonObject()
              .put(mutator.oneOf(List.of("messages", "a", "overflow", "limit", "retry")), 1)
              .put("b", value(mutator, depth - 1));
    };
  }

  private static void servesBus(Vertx vertx, int batch) throws Exception {
    String id = "check-" + batch;
    ask(vertx, "eric.channels", new JsonObject().put("v", "c").put("c", id));
    String channel = "eric.channel." + id;
    ask(vertx, channel, new JsonObject().put("v", "r").put("r", "me"));
    BlockingQueue<JsonObject> got = new LinkedBlockingQueue<>();
    MessageConsumer<JsonObject> consumer =
        vertx
            .eventBus()
            .localConsumer(
                "eric.listener." + id + "/me",
                message -> {
                  got.add(message.body());
                  message.reply(null);
                });
    ask(vertx, channel, new JsonObject().put("v", "b").put("t", "n").put("p", batch));
    ask(vertx, channel, new JsonObject().put("v", "l").put("r", "me"));
    JsonObject first = got.poll(60, TimeUnit.SECONDS);
    assertThat(first).isNotNull();
    assertThat(first.getInteger("data")).isEqualTo(batch);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                ask(vertx, channel, new JsonObject().put("v", "ls"))
                        .getJsonArray("result")
                        .getJsonObject(0)
                        .getLong("lag")
                    == 0);
    Hub.await(consumer.unregister());
  }

  private static JsonObject ask(Vertx vertx, String address, JsonObject command) throws Exception {
    return Hub.await(
        vertx
            .eventBus()
            .<JsonObject>request(address, command, new DeliveryOptions().setSendTimeout(60_000))
            .map(reply -> reply.body()));
  }
}
