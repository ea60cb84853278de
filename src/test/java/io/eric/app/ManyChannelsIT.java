package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client that creates channels until it is refused, one that adds 100,000 listeners, and many
 * that ask for all of them and do not read: a hub with 256 MiB serves on.
 */
@Timeout(600)
class ManyChannelsIT {

  private static final int LISTENERS = 100_000;
  private static final int BATCH = 1_000;
  private static final int DEAF = 50;
  private static final long RESIDENT = 600L << 20;

  @TempDir private Path dir;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void aHubWith256MebibytesSurvivesAllThatAClientMayCreateAndList() throws Exception {
    try (HubProcess hub = HubProcess.start(dir, new JsonObject(), "-Xmx256m");
        Lines lines = new Lines(hub.socket())) {
      hub.channel("big", null);
      int listeners = 0;
      while (listeners < LISTENERS) {
        listeners +=
            (int)
                lines.ask("{\"v\":\"r\",\"c\":\"big\"}", BATCH).stream()
                    .filter(answer -> answer.length() == 36)
                    .count();
      }
      String refusal = createUntilRefused(lines);
      assertThat(refusal).startsWith("Unavailable('the hub has all the channels that it may have");

      List<AutoCloseable> deaf = new ArrayList<>();
      for (int i = 0; i < DEAF; i++) {
        deaf.add(deafOverHttp(hub));
        deaf.add(deafOverTheSocket(hub));
      }
      for (int i = 0; i < 10; i++) {
        assertThat(head(hub, "/stream/big/none")).isEqualTo(404);
        assertThat(head(hub, "/")).isEqualTo(200);
      }
      for (AutoCloseable client : deaf) {
        client.close();
      }

      JsonObject all = new JsonObject(get(hub, "/"));
      assertThat(all.getJsonArray("big")).hasSize(LISTENERS);
      assertThat(new JsonArray(get(hub, "/channels")).getList())
          .isEqualTo(List.copyOf(all.fieldNames()));
      assertThat(new JsonArray(hub.call(new JsonObject().put("v", "ls").put("c", "big"))))
          .hasSize(LISTENERS);
      hub.broadcast("big", "still", "here");
      assertThat(get(hub, "/metrics")).contains("eric_channels_refused_total{reason=\"limit\"}");
      assertThat(hub.residentBytes()).isLessThan(RESIDENT);
      assertThat(hub.complaints()).isEmpty();
    }
  }

  private static String createUntilRefused(Lines lines) throws IOException {
    while (true) {
      for (String answer : lines.ask("{\"v\":\"c\"}", BATCH)) {
        if (answer.length() != 36) {
          return answer;
        }
      }
    }
  }

  private static AutoCloseable deafOverHttp(HubProcess hub) throws IOException {
    Socket socket = new Socket(hub.host(), hub.port());
    String request = "GET / HTTP/1.1\r\nHost: " + hub.host() + "\r\n\r\n";
    socket.getOutputStream().write(request.repeat(20).getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static AutoCloseable deafOverTheSocket(HubProcess hub) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(hub.socket()));
    String command = "{\"v\":\"ls\",\"c\":\"big\"}\n".repeat(20);
    channel.write(ByteBuffer.wrap(command.getBytes(StandardCharsets.US_ASCII)));
    return channel;
  }

  private int head(HubProcess hub, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(hub.url(path)))
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .build();
    return http.send(request, BodyHandlers.discarding()).statusCode();
  }

  private String get(HubProcess hub, String path) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create(hub.url(path))).build(), BodyHandlers.ofString())
        .body();
  }

  /** A connection that pipelines commands. */
  private static final class Lines implements AutoCloseable {

    private final SocketChannel channel;
    private final BufferedReader answers;

    private Lines(Path socket) throws IOException {
      channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.connect(UnixDomainSocketAddress.of(socket));
      answers =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    }

    private List<String> ask(String command, int times) throws IOException {
      ByteBuffer bytes =
          ByteBuffer.wrap((command + '\n').repeat(times).getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        lines.add(answers.readLine());
      }
      return lines;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
