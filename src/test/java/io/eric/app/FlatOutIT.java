package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.options.EricOptions;
import io.eric.options.SSEChannelOptions;
import io.eric.testing.Hub;
import io.eric.testing.StreamSwarm;
import io.eric.testing.StreamSwarm.Subscriber;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Publishing as fast as a door takes it, to a thousand event streams on a channel that loses
 * nothing: each stream gets every message once and in order, and the hub's heap stays bounded.
 */
@Timeout(900)
class FlatOutIT {

  private static final String CHANNEL = "flat-out";
  private static final int SUBSCRIBERS = 1_000;
  private static final int PAYLOAD = 200;
  private static final int MESSAGES = 2_000;
  private static final int MANY_MESSAGES = 50_000;
  private static final int CONNECTIONS = 32;
  private static final int BATCH = 100;

  /** Much less than what is published, so that the publishers have to be held back. */
  private static final JsonObject LOSSLESS =
      new JsonObject()
          .put("overflow", "wait")
          .put("limit", new JsonObject().put("messages", 1_000).put("bytes", 1 << 20));

  /** Live objects of a hub with so many streams, in bytes; its log is not a tenth of it. */
  private static final long HEAP = 64 << 20;

  @TempDir private Path dir;

  @Test
  void overManyHttpConnections() throws Exception {
    againstTheJar(MESSAGES, FlatOutIT::broadcastOverHttp);
  }

  @Test
  void inBatchesOverHttp() throws Exception {
    againstTheJar(MESSAGES, FlatOutIT::publishBatchesOverHttp);
  }

  @Test
  void inLineModeOnTheSocket() throws Exception {
    againstTheJar(MESSAGES, FlatOutIT::publishOnTheSocket);
  }

  @Test
  void overTheEventBus() throws Exception {
    embedded(MESSAGES);
  }

  @Test
  @Tag("soak")
  void overManyHttpConnectionsForLong() throws Exception {
    againstTheJar(MANY_MESSAGES, FlatOutIT::broadcastOverHttp);
  }

  @Test
  @Tag("soak")
  void inBatchesOverHttpForLong() throws Exception {
    againstTheJar(MANY_MESSAGES, FlatOutIT::publishBatchesOverHttp);
  }

  @Test
  @Tag("soak")
  void inLineModeOnTheSocketForLong() throws Exception {
    againstTheJar(MANY_MESSAGES, FlatOutIT::publishOnTheSocket);
  }

  @Test
  @Tag("soak")
  void overTheEventBusForLong() throws Exception {
    embedded(MANY_MESSAGES);
  }

  private interface Publisher {
    void publish(HubProcess hub, int messages) throws Exception;
  }

  private void againstTheJar(int messages, Publisher publisher) throws Exception {
    try (HubProcess hub = HubProcess.start(dir, new JsonObject(), "-Xmx192m");
        StreamSwarm swarm = new StreamSwarm(hub.host(), hub.port())) {
      hub.channel(CHANNEL, LOSSLESS);
      List<Subscriber> subscribers = swarm.open("/watch/" + CHANNEL, SUBSCRIBERS);

      long start = System.nanoTime();
      publisher.publish(hub, messages);

      assertAllGotAll(swarm, subscribers, messages, start);
      assertThat(hub.heap().bytes()).as("live heap").isLessThan(HEAP);
      assertThat(hub.complaints()).isEmpty();
    }
  }

  private void embedded(int messages) throws Exception {
    Vertx vertx = Vertx.vertx();
    EricOptions options =
        new EricOptions()
            .setSocketEnabled(false)
            .setChannel(new SSEChannelOptions(LOSSLESS.copy()));
    options.getHttp().setPort(0);
    EricVerticle hub = new EricVerticle(options);
    try {
      Hub.await(vertx.deployVerticle(hub));
      Hub.await(hub.channels().create(CHANNEL, null));
      try (StreamSwarm swarm = new StreamSwarm("127.0.0.1", hub.httpPort())) {
        List<Subscriber> subscribers = swarm.open("/watch/" + CHANNEL, SUBSCRIBERS);
        long before = liveHeap();

        long start = System.nanoTime();
        publishOnTheBus(vertx, messages);

        assertAllGotAll(swarm, subscribers, messages, start);
        assertThat(liveHeap() - before).as("growth of the live heap").isLessThan(HEAP / 2);
      }
    } finally {
      Hub.await(vertx.close());
    }
  }

  private static void assertAllGotAll(
      StreamSwarm swarm, List<Subscriber> subscribers, int messages, long start) {
    swarm.await(Duration.ofMinutes(5), subscribers, s -> s.last() >= messages || s.hasEnded());
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%d messages to %d streams in %.1f s, %.0f deliveries/s%n",
        messages,
        subscribers.size(),
        seconds,
        messages * (double) subscribers.size() / seconds);
    for (Subscriber each : subscribers) {
      assertThat(each.notes()).as("events of the hub's own").isEmpty();
      assertThat(each.messages()).isEqualTo(messages);
      assertThat(each.lost()).isZero();
      assertThat(each.repeated()).isZero();
    }
    assertThat(subscribers.stream().map(Subscriber::digest).distinct())
        .as("what the streams have carried")
        .hasSize(1);
  }

  private static String payload(int number) {
    String digits = number + " ";
    return digits + "x".repeat(PAYLOAD - digits.length());
  }

  private static long liveHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  // ---- the doors

  private static void publishOnTheSocket(HubProcess hub, int messages) throws Exception {
    LinePublisher.publish(hub.socket(), CHANNEL, messages, FlatOutIT::payload);
  }

  private static void broadcastOverHttp(HubProcess hub, int messages) throws Exception {
    onConnections(
        CONNECTIONS,
        hub,
        (connection, number) -> {
          for (int i = number; i < messages; i += CONNECTIONS) {
            connection.post(
                "/broadcast?channel_id=" + CHANNEL,
                "{\"type\":\"n\",\"payload\":\"" + payload(i) + "\"}");
          }
        });
  }

  private static void publishBatchesOverHttp(HubProcess hub, int messages) throws Exception {
    int connections = 4;
    onConnections(
        connections,
        hub,
        (connection, number) -> {
          for (int batch = number; batch * BATCH < messages; batch += connections) {
            StringBuilder body = new StringBuilder("[");
            for (int i = batch * BATCH; i < Math.min(messages, (batch + 1) * BATCH); i++) {
              body.append(body.length() == 1 ? "" : ",");
              body.append("{\"c\":\"").append(CHANNEL).append("\",\"t\":\"n\",\"p\":\"");
              body.append(payload(i)).append("\"}");
            }
            String outcomes = connection.post("/publish", body.append(']').toString());
            assertThat(outcomes).doesNotContain("error");
          }
        });
  }

  /** With as many requests outstanding as a verticle that minds its publisher's pace has. */
  private static void publishOnTheBus(Vertx vertx, int messages) throws Exception {
    int lanes = 256;
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int lane = 0; lane < lanes; lane++) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      all.add(done);
      next(vertx, lane, lanes, messages, done);
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(10, TimeUnit.MINUTES);
  }

  private static void next(
      Vertx vertx, int number, int step, int messages, CompletableFuture<Void> done) {
    if (number >= messages) {
      done.complete(null);
      return;
    }
    Future<?> answer =
        vertx
            .eventBus()
            .request(
                "eric.channel." + CHANNEL,
                new JsonObject().put("v", "b").put("t", "n").put("p", payload(number)));
    answer.onComplete(
        reply -> next(vertx, number + step, step, messages, done), done::completeExceptionally);
  }

  // ---- HTTP

  private interface Work {
    void run(Connection connection, int number) throws IOException;
  }

  private static void onConnections(int count, HubProcess hub, Work work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      List<java.util.concurrent.Future<?>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        all.add(
            threads.submit(
                () -> {
                  try (Connection connection = new Connection(hub)) {
                    work.run(connection, number);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }));
      }
      for (java.util.concurrent.Future<?> each : all) {
        each.get(10, TimeUnit.MINUTES);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** One kept-alive connection, one request at a time. */
  private static final class Connection implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private Connection(HubProcess hub) throws IOException {
      socket = new Socket(hub.host(), hub.port());
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    /** Gives the body of the answer, which must be 200. */
    private String post(String path, String body) throws IOException {
      String head =
          "POST "
              + path
              + " HTTP/1.1\r\n"
              + "Host: localhost\r\n"
              + "Content-Type: application/json\r\n"
              + "Content-Length: ";
      out.write((head + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
      StringBuilder answer = new StringBuilder();
      while (answer.indexOf("\r\n\r\n") < 0) {
        int b = in.read();
        if (b < 0) {
          throw new IOException("closed after " + answer);
        }
        answer.append((char) b);
      }
      String lower = answer.toString().toLowerCase(Locale.ROOT);
      int length =
          Integer.parseInt(lower.replaceAll("(?s).*\r\ncontent-length: (\\d+)\r\n.*", "$1"));
      String content = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      assertThat(lower).as(content).startsWith("http/1.1 200 ");
      return content;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
