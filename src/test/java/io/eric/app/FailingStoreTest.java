package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.log.Entry;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.indexed.ChannelLog;
import io.eric.log.indexed.MemoryStorage;
import io.eric.options.EricOptions;
import io.eric.options.RetentionOptions;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients see of a store that fails: its name, and nothing of our insides. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class FailingStoreTest {

  @TempDir private Path dir;
  private final Vertx vertx = Vertx.vertx();
  private EricVerticle hub;

  @BeforeEach
  void start() throws Exception {
    EricOptions options = new EricOptions();
    options.getHttp().setPort(0);
    options.getSocket().setPath(dir.resolve("s").toString());
    hub = new EricVerticle(options, new FailingStore());
    Hub.await(vertx.deployVerticle(hub));
    Hub.await(hub.channels().create("news", null));
  }

  @AfterEach
  void stop() throws Exception {
    Hub.await(vertx.close());
  }

  @Test
  void httpAnswersWithRepositoryError() throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            "http://127.0.0.1:" + hub.httpPort() + "/broadcast?channel_id=news"))
                    .header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"type\":\"t\",\"payload\":1}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
    JsonObject problem = new JsonObject(answer.body());
    assertThat(problem.getString("error")).isEqualTo("RepositoryError");
    assertThat(problem.getString("message")).isEqualTo("RepositoryError('the store failed')");
    assertThat(answer.body()).doesNotContain("Exception", "java", "secret", "io.eric");
  }

  @Test
  void theSocketAnswersWithRepositoryError() throws Exception {
    assertThat(ask("{\"v\":\"b\",\"c\":\"news\",\"t\":\"t\"}"))
        .isEqualTo("RepositoryError('the store failed')");
  }

  private String ask(String command) throws IOException {
    try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.connect(UnixDomainSocketAddress.of(dir.resolve("s")));
      socket.write(ByteBuffer.wrap(command.getBytes(StandardCharsets.UTF_8)));
      socket.shutdownOutput();
      ByteBuffer answer = ByteBuffer.allocate(4_096);
      while (socket.read(answer) >= 0) {
        assertThat(answer.hasRemaining()).isTrue();
      }
      return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
    }
  }

  private static final class FailingStore implements MessageStore {
    @Override
    public Future<MessageLog> open(String channelId, RetentionOptions retention) {
      return Future.succeededFuture(ChannelLog.create("epoch", retention, new FailingStorage()));
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }

  private static final class FailingStorage extends MemoryStorage {
    @Override
    public Future<List<Entry>> append(List<Entry> batch) {
      return Future.failedFuture(new IOException("java.io secret path /var/lib/eric"));
    }
  }
}
