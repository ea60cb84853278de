package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import io.eric.Channel;
import io.eric.ListenerStatus;
import io.eric.app.Program.Result;
import io.eric.options.EricOptions;
import io.eric.options.OverflowPolicy;
import io.eric.options.PredefinedChannel;
import io.eric.options.SSEChannelOptions;
import io.eric.socket.SocketClient;
import io.eric.testing.Hub;
import io.eric.testing.NodeScripts;
import io.eric.testing.RequiresCommand;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real file through the command line's {@code publish} to a channel that loses nothing: readers
 * of every kind, at the same time, get every line once and in order.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealInputIT {

  private static final String CHANNEL = "lines";

  /** Far less than the file, so that the publisher has to be held back. */
  private static final String LIMIT = "{\"messages\": 20000, \"bytes\": 4194304}";

  @TempDir private Path dir;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    Hub.await(vertx.close());
  }

  @Test
  @RequiresCommand({"curl", "node"})
  void everyLineReachesEveryKindOfReaderOnceAndInOrder() throws Exception {
    RealFile file = RealFile.in(dir);
    assertThat(file.lines()).isGreaterThanOrEqualTo(100_000);
    EricVerticle hub = new EricVerticle(options());
    Hub.await(vertx.deployVerticle(hub));
    Channel channel = hub.channel(CHANNEL);
    String stream = "http://127.0.0.1:" + hub.httpPort() + "/stream/" + CHANNEL + '/';
    Program program = new Program(dir, Map.of("ERIC_SOCKET_PATH", socket()));

    Map<String, CompletableFuture<String>> readers = new LinkedHashMap<>();
    try (Processes processes = new Processes()) {
      readers.put("curl", curl(processes, stream + "curl", file));
      readers.put("npm eventsource", node(processes, stream + "node", file));
      readers.put("okhttp-eventsource", okhttp(processes, stream + "okhttp", file));
      readers.put("socket", socketStream(file));
      readers.put("event bus", busListener(file));
      awaitAttached(channel, readers.size());

      Result published = program.runWith(file.path(), "publish", CHANNEL, "--type", "line");

      assertThat(published.code()).as(published.err()).isZero();
      assertThat(published.out()).startsWith(file.lines() + " messages in ");
      String everything = file.lines() + " " + file.sha256();
      for (Map.Entry<String, CompletableFuture<String>> reader : readers.entrySet()) {
        assertThat(reader.getValue().get(60, TimeUnit.SECONDS))
            .as(reader.getKey())
            .isEqualTo(everything);
      }
    }
  }

  private EricOptions options() {
    EricOptions options =
        new EricOptions()
            .setChannel(
                new SSEChannelOptions(
                    new JsonObject().put("limit", new JsonObject(LIMIT)).put("overflow", "wait")))
            .setChannels(
                Map.of(
                    CHANNEL,
                    new PredefinedChannel(
                        new JsonObject(), List.of("curl", "node", "okhttp", "socket", "bus"))));
    assertThat(options.getChannel().getOverflow()).isEqualTo(OverflowPolicy.WAIT);
    options.getHttp().setPort(0);
    options.getSocket().setPath(socket());
    return options;
  }

  private String socket() {
    return dir.resolve("e.sock").toString();
  }

  private static void awaitAttached(Channel channel, int listeners) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                Hub.await(channel.getConnections()).stream()
                        .filter(
                            c ->
                                c.state() == ListenerStatus.State.LIVE
                                    || c.state() == ListenerStatus.State.CATCHING_UP)
                        .count()
                    == listeners);
  }

  private CompletableFuture<String> curl(Processes processes, String url, RealFile file)
      throws Exception {
    Received received = new Received(file.lines());
    BufferedReader out = Program.output(processes.start("curl", "-sN", url));
    processes.run(
        () -> {
          // An event is the lines up to a blank one; with curl, what is on the wire is what one
          // sees.
          String type = "message";
          String data = null;
          String line;
          while ((line = Program.line(out)) != null) {
            if (line.startsWith("event: ")) {
              type = line.substring("event: ".length());
            } else if (line.startsWith("data: ")) {
              String text = line.substring("data: ".length());
              data = data == null ? text : data + '\n' + text;
            } else if (line.isEmpty() && data != null) {
              received.line(type, data);
              type = "message";
              data = null;
            }
          }
          received.failed(new IllegalStateException("curl has ended"));
        });
    return received.done();
  }

  private CompletableFuture<String> node(Processes processes, String url, RealFile file)
      throws Exception {
    String script = NodeScripts.needing("eventsource", "consume.mjs");
    BufferedReader out =
        Program.output(processes.start("node", script, url, "line", "" + file.lines()));
    CompletableFuture<String> done = new CompletableFuture<>();
    processes.run(
        () -> {
          String last = null;
          String line;
          while ((line = Program.line(out)) != null) {
            last = line;
          }
          done.complete(last);
        });
    return done;
  }

  private CompletableFuture<String> okhttp(Processes processes, String url, RealFile file) {
    Received received = new Received(file.lines());
    // The client gives up after 10 s of silence unless it is told otherwise, which is less than the
    // heartbeat interval, and the publisher's JVM may take that long to start.
    EventSource source =
        new EventSource.Builder(
                ConnectStrategy.http(URI.create(url)).readTimeout(1, TimeUnit.MINUTES))
            .build();
    processes.run(
        () -> {
          try (source) {
            while (!received.done().isDone()) {
              MessageEvent event = source.readMessage();
              received.line(event.getEventName(), event.getData());
            }
          } catch (Exception e) {
            received.failed(e);
          }
        });
    return received.done();
  }

  private CompletableFuture<String> socketStream(RealFile file) {
    Received received = new Received(file.lines());
    new SocketClient(vertx, socket())
        .stream(CHANNEL, "socket")
            .exceptionHandler(received::failed)
            .handler(e -> received.line(e.getString("event"), e.getString("data")));
    return received.done();
  }

  private CompletableFuture<String> busListener(RealFile file) throws Exception {
    Received received = new Received(file.lines());
    Hub.await(vertx.deployVerticle(new BusListener(received)));
    return received.done();
  }

  /** A verticle of somebody else, which knows the hub by its addresses only. */
  private static final class BusListener extends VerticleBase {
    private final Received received;

    private BusListener(Received received) {
      this.received = received;
    }

    @Override
    public Future<?> start() {
      vertx
          .eventBus()
          .<JsonObject>localConsumer(
              "eric.listener." + CHANNEL + "/bus",
              message -> {
                JsonObject body = message.body();
                received.line(body.getString("event"), body.getString("data"));
                message.reply(null);
              });
      return vertx
          .eventBus()
          .request("eric.channel." + CHANNEL, new JsonObject().put("v", "l").put("r", "bus"));
    }
  }
}
