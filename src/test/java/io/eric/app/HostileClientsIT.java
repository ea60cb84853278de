package io.eric.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One hub with a small heap, and one attack on its memory after another: clients that ask and do
 * not read, that begin and do not end, that take all there is. After each one, and while its
 * connections are still open, an honest client publishes and reads; the hub is never restarted.
 */
@Timeout(420)
class HostileClientsIT {

  private static final String HEAP = "-Xmx256m";
  private static final long RESIDENT = 600L << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path dir;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private HubProcess hub;

  @Test
  void oneHubSurvivesAllAttacksOneAfterTheOther() throws Exception {
    try (HubProcess hub = HubProcess.start(dir, new JsonObject(), HEAP)) {
      this.hub = hub;
      hub.channel("news", null);
      isServed("before all");

      attack("HTTP/2 clients with closed windows ask for metrics", this::askOverClosedWindows);
      attack("HTTP/1.1 clients pipeline requests and never read", this::pipelineAndNeverRead);
      attack("WebSockets never finish a frame", this::leaveFramesUnfinished);
      attack("one client opens all the streams it can", this::openAllStreams);

      assertThat(hub.complaints()).isEmpty();
      assertThat(metric("eric_requests_waited_total")).isPositive();
      assertThat(metric("eric_requests_refused_total{reason=\"websocket\"}")).isPositive();
      assertThat(metric("eric_requests_refused_total{reason=\"quota\"}")).isPositive();
    }
  }

  /** Does what is bad for the hub and gives the connections that it did it on. */
  @FunctionalInterface
  private interface Attack {
    List<? extends AutoCloseable> run() throws Exception;
  }

  private void attack(String what, Attack attack) throws Exception {
    List<? extends AutoCloseable> connections = attack.run();
    isServed(what);
    for (AutoCloseable each : connections) {
      each.close();
    }
    isServed(what + ", and left");
    assertThat(hub.residentBytes()).as("resident after: %s", what).isLessThan(RESIDENT);
  }

  /** A busy machine may need more than one try for it. */
  private void isServed(String when) {
    long start = System.nanoTime();
    await(when).atMost(PATIENCE).ignoreExceptions().until(this::receivesWhatIsPublished);
    System.out.printf(
        "served after %d ms, %d MiB resident: %s%n",
        (System.nanoTime() - start) / 1_000_000, hub.residentBytes() >> 20, when);
  }

  private boolean receivesWhatIsPublished() throws Exception {
    HttpRequest watch = request("/watch/news").build();
    try (InputStream events = http.send(watch, BodyHandlers.ofInputStream()).body()) {
      HttpRequest publish =
          request("/broadcast?channel_id=news")
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString("{\"type\":\"honest\",\"payload\":1}"))
              .build();
      if (http.send(publish, BodyHandlers.ofString()).statusCode() != 200) {
        return false;
      }
      StringBuilder read = new StringBuilder();
      while (read.indexOf("event: honest") < 0) {
        int b = events.read();
        if (b < 0) {
          return false;
        }
        read.append((char) b);
      }
      return true;
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(hub.url(path))).timeout(PATIENCE);
  }

  private double metric(String name) throws Exception {
    String page = http.send(request("/metrics").build(), BodyHandlers.ofString()).body();
    Matcher line = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(page);
    assertThat(line.find()).as("%s in %s", name, page).isTrue();
    return Double.parseDouble(line.group(1));
  }

  // ---- the attacks

  private List<SocketChannel> askOverClosedWindows() throws IOException {
    List<SocketChannel> connections = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      SocketChannel connection = connect("127.0.0.2");
      connections.add(connection);
      ByteBuffer bytes = ByteBuffer.allocate(1 << 20);
      Http2.preface(bytes, 0);
      for (int stream = 1; stream < 2_000; stream += 2) {
        Http2.get(bytes, stream, "/metrics");
      }
      sendAllThatIsTaken(connection, bytes.flip());
    }
    return connections;
  }

  private List<SocketChannel> pipelineAndNeverRead() throws IOException {
    byte[] requests =
        "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(5_000).getBytes(US_ASCII);
    List<SocketChannel> connections = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      SocketChannel connection = connect("127.0.0.2");
      connections.add(connection);
      sendAllThatIsTaken(connection, ByteBuffer.wrap(requests));
    }
    return connections;
  }

  private List<SocketChannel> leaveFramesUnfinished() throws IOException {
    String upgrade =
        "GET /eventbus/websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    ByteBuffer frame = ByteBuffer.allocate(1 << 20);
    frame.put((byte) 0x81).put((byte) (0x80 | 127)).putLong(1 << 20).putInt(0);
    List<SocketChannel> connections = new ArrayList<>();
    for (int i = 0; i < 240; i++) {
      SocketChannel connection = connect("127.0.0.2");
      connections.add(connection);
      connection.configureBlocking(true);
      connection.write(ByteBuffer.wrap(upgrade.getBytes(US_ASCII)));
      StringBuilder head = new StringBuilder();
      ByteBuffer one = ByteBuffer.allocate(1);
      while (head.indexOf("\r\n\r\n") < 0) {
        assertThat(connection.read(one.clear())).as("end after %s", head).isEqualTo(1);
        head.append((char) one.get(0));
      }
      assertThat(head).startsWith("HTTP/1.1 101 ");
      sendAllThatIsTaken(connection, frame.duplicate().clear());
    }
    return connections;
  }

  private List<SocketChannel> openAllStreams() throws IOException {
    List<SocketChannel> connections = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      SocketChannel connection = connect("127.0.0.2");
      connections.add(connection);
      ByteBuffer bytes = ByteBuffer.allocate(1 << 20);
      Http2.preface(bytes, 65_535);
      for (int stream = 1; stream < 2_000; stream += 2) {
        Http2.get(bytes, stream, "/watch/news");
      }
      sendAllThatIsTaken(connection, bytes.flip());
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(metric("eric_requests_refused_total{reason=\"quota\"}")).isPositive());
    return connections;
  }

  /** From an address of its own, as an attacker has. */
  private SocketChannel connect(String from) throws IOException {
    SocketChannel connection = SocketChannel.open();
    Socket socket = connection.socket();
    socket.setReceiveBufferSize(4096);
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress("127.0.0.1", hub.port()), 10_000);
    connection.configureBlocking(false);
    return connection;
  }

  /** Until the hub has not read on for a while: then it has got what it is going to take. */
  private static void sendAllThatIsTaken(SocketChannel connection, ByteBuffer bytes)
      throws IOException {
    long giveUp = System.nanoTime() + Duration.ofMillis(200).toNanos();
    try {
      while (bytes.hasRemaining() && System.nanoTime() < giveUp) {
        if (connection.write(bytes) > 0) {
          giveUp = System.nanoTime() + Duration.ofMillis(200).toNanos();
        } else {
          Thread.onSpinWait();
        }
      }
    } catch (IOException closedByTheHub) {
      // That is one of the ways to survive.
    }
  }

  /** As much of HTTP/2 as an attacker needs. */
  private static final class Http2 {

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

    static void preface(ByteBuffer out, int window) {
      out.put(PREFACE);
      frame(out, 6, 4, 0, 0); // SETTINGS
      out.putShort((short) 4).putInt(window); // SETTINGS_INITIAL_WINDOW_SIZE
    }

    static void get(ByteBuffer out, int stream, String path) {
      byte[] target = path.getBytes(UTF_8);
      byte[] authority = "localhost".getBytes(US_ASCII);
      frame(out, 2 + 2 + target.length + 2 + authority.length, 1, 5, stream); // HEADERS
      out.put((byte) 0x82).put((byte) 0x86); // GET, http
      out.put((byte) 0x04).put((byte) target.length).put(target);
      out.put((byte) 0x01).put((byte) authority.length).put(authority);
    }

    private static void frame(ByteBuffer out, int length, int type, int flags, int stream) {
      out.put((byte) (length >> 16)).putShort((short) length);
      out.put((byte) type).put((byte) flags).putInt(stream);
    }
  }
}
