package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server with a file store, killed again and again while somebody publishes as fast as it goes:
 * every message that was acknowledged reaches a client that resumes, once and in order.
 */
class KillIT {

  private static final Logger LOG = LoggerFactory.getLogger(KillIT.class);
  private static final List<String> FSYNC = List.of("interval", "always", "never");

  @TempDir private Path dir;
  private final Received received = new Received();

  /** By the publisher's reading thread while a server lives, by the test when it is dead. */
  private final BitSet acknowledged = new BitSet();

  private int published;

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void nothingAcknowledgedIsLostOrRepeatedOverFiveKills() throws Exception {
    kill(5, new Random().nextLong());
  }

  @Test
  @Tag("soak")
  @Timeout(value = 40, unit = TimeUnit.MINUTES)
  void nothingAcknowledgedIsLostOrRepeatedOverFiftyKills() throws Exception {
    kill(50, new Random().nextLong());
  }

  private void kill(int times, long seed) throws Exception {
    LOG.info("seed {}", seed);
    Random random = new Random(seed);
    for (int life = 0; life <= times; life++) {
      try (Server server = new Server(FSYNC.get(life % FSYNC.size()))) {
        if (life == 0) {
          server.ask("{\"v\":\"c\",\"c\":\"first\"}");
          server.ask(
              "{\"v\":\"c\",\"c\":\"jobs\",\"options\":{\"overflow\":\"wait\","
                  + "\"limit\":{\"messages\":1000000,\"bytes\":268435456}}}");
          server.ask("{\"v\":\"r\",\"c\":\"jobs\",\"r\":\"reader\"}");
        }
        assertThat(server.get("channels")).isEqualTo("[\"first\",\"jobs\"]");
        assertThat(new JsonObject(server.get("")).getJsonArray("jobs"))
            .isEqualTo(new io.vertx.core.json.JsonArray().add("reader"));
        Reader reader = new Reader(server);
        int marker = publishMarker(server);
        received.awaitLast(marker);
        check(life);
        if (life == times) {
          return;
        }
        Publisher publisher = new Publisher(server);
        publisher.awaitFirst();
        Thread.sleep(random.nextInt(1500)); // the moment of the kill is the point of this test
        server.process.destroyForcibly().waitFor();
        publisher.join();
        reader.join();
        LOG.info(
            "life {}: {} acknowledged, {} received so far",
            life,
            acknowledged.cardinality(),
            received.count());
      }
    }
  }

  private int publishMarker(Server server) throws IOException {
    int number = published++;
    server.ask("{\"v\":\"b\",\"c\":\"jobs\",\"t\":\"n\",\"p\":" + number + "}");
    acknowledged.set(number);
    return number;
  }

  private void check(int life) {
    assertThat(received.faults()).as("life %d", life).isEmpty();
    BitSet missing = (BitSet) acknowledged.clone();
    missing.andNot(received.numbers());
    assertThat(missing.stream().limit(100).boxed().toList())
        .as("acknowledged and not received in life %d", life)
        .isEmpty();
  }

  /**
   * What the stream brought over all lives, checked as it comes: millions of messages do not fit
   * into the memory of a test.
   */
  private static final class Received {
    private static final int MOST_FAULTS = 20;

    private final BitSet numbers = new BitSet();
    private final List<String> faults = new ArrayList<>();
    private @Nullable String lastId;
    private @Nullable String epoch;
    private int last = -1;
    private long lastSequence;

    synchronized void add(String id, String event, String data) {
      if (!event.equals("n")) {
        fault(event + " " + data + " under " + id + " after " + last + " under " + lastId);
        return;
      }
      int number = Integer.parseInt(data);
      int dash = id.lastIndexOf('-');
      long sequence = Long.parseLong(id.substring(dash + 1));
      if (epoch == null) {
        epoch = id.substring(0, dash);
      }
      if (number <= last || sequence <= lastSequence || !epoch.equals(id.substring(0, dash))) {
        fault(number + " under " + id + " after " + last + " under " + lastId);
      }
      numbers.set(number);
      last = number;
      lastSequence = sequence;
      lastId = id;
      notifyAll();
    }

    private void fault(String what) {
      if (faults.size() < MOST_FAULTS) {
        faults.add(what);
      }
    }

    synchronized void awaitLast(int number) throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
      while (last != number) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        assertThat(left).as("message %d arrives, last %d", number, last).isPositive();
        wait(left);
      }
    }

    synchronized @Nullable String lastId() {
      return lastId;
    }

    synchronized int count() {
      return numbers.cardinality();
    }

    synchronized BitSet numbers() {
      return (BitSet) numbers.clone();
    }

    synchronized List<String> faults() {
      return List.copyOf(faults);
    }
  }

  /** A process that serves. */
  private final class Server implements AutoCloseable {
    final Process process;
    private final String url;
    final Path socket = dir.resolve("e.sock");

    Server(String fsync) throws IOException {
      Program program =
          new Program(
              dir,
              Map.of(
                  "ERIC_SOCKET_PATH",
                  socket.toString(),
                  "ERIC_STORE_TYPE",
                  "file",
                  "ERIC_STORE_FILE_DIRECTORY",
                  dir.resolve("store").toString(),
                  "ERIC_STORE_FILE_FSYNC",
                  fsync,
                  "ERIC_STORE_FILE_SEGMENT_BYTES",
                  "1048576"));
      Path log = dir.resolve("server.log");
      process =
          program.start(
              builder -> builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())),
              "serve",
              "--http-port",
              "0");
      String line = Program.line(Program.output(process));
      assertThat(line).as(() -> "ready line; log: " + read(log)).isNotNull();
      url = line.replaceAll(".*(http://\\S+/).*", "$1");
    }

    String ask(String command) throws IOException {
      try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        channel.connect(UnixDomainSocketAddress.of(socket));
        channel.write(ByteBuffer.wrap(command.getBytes(StandardCharsets.UTF_8)));
        channel.shutdownOutput();
        String answer =
            new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        assertThat(answer).doesNotContain("Exception", "Error", "Invalid", "Unavailable");
        return answer;
      }
    }

    String get(String path) throws Exception {
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString())
          .body();
    }

    @Override
    public void close() throws Exception {
      process.destroyForcibly().waitFor();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Publishes without waiting for answers, a message in ten as a dispatch, until the end. */
  private final class Publisher {
    private final CountDownLatch first = new CountDownLatch(1);
    private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    private final Thread writing = new Thread(this::write);
    private final Thread reading = new Thread(this::read);
    private final int start = published;

    Publisher(Server server) throws IOException {
      channel.connect(UnixDomainSocketAddress.of(server.socket));
      writing.start();
      reading.start();
    }

    void awaitFirst() throws InterruptedException {
      assertThat(first.await(60, TimeUnit.SECONDS)).isTrue();
    }

    void join() throws Exception {
      writing.join();
      reading.join();
      channel.close();
    }

    private void write() {
      try {
        while (true) {
          StringBuilder lines = new StringBuilder();
          for (int i = 0; i < 100; i++) {
            int number = published++;
            String to = number % 10 == 0 ? "\"v\":\"d\",\"r\":\"reader\"" : "\"v\":\"b\"";
            lines
                .append('{')
                .append(to)
                .append(",\"c\":\"jobs\",\"t\":\"n\",\"p\":")
                .append(number)
                .append("}\n");
          }
          ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        }
      } catch (IOException e) {
        LOG.debug("the server is gone", e);
      }
    }

    private void read() {
      int next = start;
      try (BufferedReader answers =
          new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
          if (line.contains("ack")) {
            acknowledged.set(next);
            first.countDown();
          }
          next++;
        }
      } catch (IOException e) {
        LOG.debug("the server is gone", e);
      }
    }
  }

  /** A client of the listener's stream that resumes after what it has seen. */
  private final class Reader {
    private final Thread thread;

    Reader(Server server) {
      thread = new Thread(() -> run(server));
      thread.start();
    }

    void join() throws InterruptedException {
      thread.join();
    }

    private void run(Server server) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(server.url + "stream/jobs/reader"));
      String seen = received.lastId();
      if (seen != null) {
        request.header("Last-Event-ID", seen);
      }
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  HttpClient.newHttpClient()
                      .send(request.build(), BodyHandlers.ofInputStream())
                      .body(),
                  StandardCharsets.UTF_8))) {
        read(lines);
      } catch (IOException e) {
        LOG.debug("the server is gone", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void read(BufferedReader lines) throws IOException {
      @Nullable String id = null;
      String event = "";
      String data = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("event: ")) {
          event = line.substring(7);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.isEmpty() && id != null) {
          received.add(id, event, data);
          id = null;
        }
      }
    }
  }
}
