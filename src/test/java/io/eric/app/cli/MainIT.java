package io.eric.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.app.Program;
import io.eric.app.Program.Result;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The runnable jar, as a user runs it: a server process, and command processes that speak to it.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class MainIT {

  private static final Pattern READY =
      Pattern.compile("eric is ready: (http://127\\.0\\.0\\.1:\\d+/) socket (\\S+)");

  @TempDir private Path dir;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Path socket;
  private Program program;
  private Process server;
  private BufferedReader serverOutput;
  private String url;

  @BeforeEach
  void startServer() throws IOException {
    socket = dir.resolve("e.sock");
    program = new Program(dir, Map.of("ERIC_SOCKET_PATH", socket.toString()));
    server =
        program.start(
            builder -> builder.redirectError(dir.resolve("server.log").toFile()),
            "serve",
            "--http-port",
            "0");
    serverOutput = Program.output(server);
    String line = Program.line(serverOutput);
    assertThat(line).as(() -> "ready line; log: " + serverLog()).isNotNull().matches(READY);
    Matcher ready = READY.matcher(line);
    assertThat(ready.matches()).isTrue();
    url = ready.group(1);
    assertThat(ready.group(2)).isEqualTo(socket.toString());
  }

  @AfterEach
  void endServer() throws Exception {
    server.destroyForcibly().waitFor();
  }

  @Test
  void theServerIsReadyWhenItSaysSo() throws Exception {
    assertThat(get("readyz").statusCode()).isEqualTo(200);
    assertThat(get("healthz").statusCode()).isEqualTo(200);
    assertThat(socket).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aSignalEndsTheServerInOrder(String signal) throws Exception {
    signal(signal);

    assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).as(this::serverLog).isZero();
    assertThat(socket).doesNotExist();
    assertThat(Program.line(serverOutput)).as("nothing more on standard output").isNull();
  }

  @Test
  void streamsAreSaidGoodbyeToAndTheServerIsNotReadyMeanwhile() throws Exception {
    succeed("create", "news");
    HttpResponse<Stream<String>> stream = http.send(request("watch/news"), BodyHandlers.ofLines());
    assertThat(stream.statusCode()).isEqualTo(200);

    signal("TERM");

    List<String> lines = stream.body().toList();
    assertThat(lines).contains("event: _eric_goodbye");
    assertThat(lines).anyMatch(line -> line.startsWith("retry: "));
    assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).as(this::serverLog).isZero();
  }

  @Test
  void commandsDoWhatTheySay() throws Exception {
    assertThat(succeed("create", "news").lines()).containsExactly("news");
    assertThat(succeed("create").lines()).singleElement().asString().hasSize(36);
    assertThat(succeed("subscribe", "news", "desk").lines()).containsExactly("desk");
    assertThat(succeed("subscribe", "news").lines()).singleElement().asString().hasSize(36);
    assertThat(succeed("ls").lines()).hasSize(2).contains("news");
    assertThat(succeed("ls", "news").lines())
        .hasSize(2)
        .first()
        .satisfies(
            line -> {
              JsonObject listener = new JsonObject(line);
              assertThat(listener.getString("listener")).isEqualTo("desk");
              assertThat(listener.getString("state")).isEqualTo("stopped");
            });
    assertThat(succeed("broadcast", "news", "greeting", "hello").out()).isEmpty();
    assertThat(succeed("broadcast", "--json", "news", "number", "[1.10]").out()).isEmpty();
    assertThat(succeed("dispatch", "news", "desk", "nothing").out()).isEmpty();

    Process listening = program.start(builder -> builder, "listen", "news", "desk");
    try (BufferedReader events = Program.output(listening)) {
      assertEvent(Program.line(events), "greeting", "hello");
      JsonObject number = new JsonObject(Program.line(events));
      assertThat(number.getString("event")).isEqualTo("number");
      assertThat(number.getJsonArray("data").encode()).isEqualTo("[1.1]");
      assertEvent(Program.line(events), "nothing", null);

      succeed("broadcast", "news", "later", "on");
      assertEvent(Program.line(events), "later", "on");

      succeed("rm", "news", "desk");
      assertThat(listening.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      listening.destroyForcibly();
    }
    succeed("rm", "news");
    assertThat(succeed("ls").lines()).hasSize(1);
  }

  @Test
  void aWatchEndsWithItsChannel() throws Exception {
    succeed("create", "news");
    Process watching = program.start(builder -> builder, "watch", "news");
    try (BufferedReader events = Program.output(watching)) {
      // A watcher is anonymous, so its first message is how one knows that it is there.
      JsonObject first = null;
      Thread caller =
          new Thread(
              () -> {
                try {
                  while (watching.isAlive() && !Thread.interrupted()) {
                    program.run("broadcast", "news", "call", "are you there");
                  }
                } catch (Exception e) {
                  Thread.currentThread().interrupt();
                }
              });
      caller.start();
      first = new JsonObject(Program.line(events));
      caller.interrupt();
      caller.join();
      assertThat(first.getString("data")).isEqualTo("are you there");

      succeed("rm", "news");

      String last = events.lines().reduce((a, b) -> b).orElseThrow();
      assertThat(new JsonObject(last).getString("event")).isEqualTo("_eric_channel_closed");
      assertThat(watching.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(watching.exitValue()).isZero();
    } finally {
      watching.destroyForcibly();
    }
  }

  @Test
  void publishBroadcastsEachLineInOrder() throws Exception {
    succeed("create", "lines", "--overflow", "wait", "-o", "limit.bytes=1000000");
    succeed("subscribe", "lines", "reader");
    Path file = dir.resolve("input.txt");
    Files.writeString(file, "one\n\nthree, \u00e4 \ud83d\ude00\r\nlast without end");

    Result published = program.runWith(file, "publish", "lines", "--type", "line");

    assertThat(published.code()).as(published.err()).isZero();
    assertThat(published.out()).matches("4 messages in \\d+\\.\\d\\d s, \\d+ per second\n");
    assertThat(published.err()).isEmpty();
    Process listening = program.start(builder -> builder, "listen", "lines", "reader");
    try (BufferedReader events = Program.output(listening)) {
      for (String data : List.of("one", "", "three, \u00e4 \ud83d\ude00", "last without end")) {
        assertEvent(Program.line(events), "line", data);
      }
    } finally {
      listening.destroyForcibly();
    }
  }

  @Test
  void publishReadsJsonLinesAndStopsAtOneThatIsNone() throws Exception {
    succeed("create", "lines");
    succeed("subscribe", "lines", "reader");
    Path file = dir.resolve("input.jsonl");
    Files.writeString(file, "{\"a\": 1}\n\"text\"\nnull\n{broken\n5\n");

    Result published = program.runWith(file, "publish", "lines", "--json", "--progress");

    assertThat(published.code()).isEqualTo(1);
    assertThat(published.err())
        .contains("InvalidMessageFormat('line 4 is not JSON, to go on after such lines:");
    assertThat(published.out()).startsWith("3 messages in ");
    assertThat(new JsonObject(succeed("ls", "lines").lines().get(0)).getLong("lag")).isEqualTo(3);
  }

  @Test
  void refusalsAreTheContractsTextAndCodeOne() throws Exception {
    assertRefused("InvalidChannelException('No channel with id none')", "rm", "none");
    assertRefused("InvalidChannelException('No channel with id none')", "watch", "none");
    assertRefused("InvalidChannelException('No channel with id none')", "broadcast", "none", "t");
    succeed("create", "news");
    assertRefused(
        "InvalidChannelException('Channel with id news already exists')", "create", "news");
    assertRefused("InvalidListenerException('Invalid listener none')", "listen", "news", "none");
    assertRefused(
        "InvalidListenerException('Invalid listener none')", "dispatch", "news", "none", "t");
    assertRefused("Unavailable('nobody serves ", "--socket", "nowhere.sock");
  }

  @Test
  void wrongUsageIsCodeTwo() throws Exception {
    for (List<String> wrong :
        List.of(
            List.<String>of(),
            List.of("frobnicate"),
            List.of("watch"),
            List.of("ls", "--colour"),
            List.of("broadcast", "--json", "news", "t", "{broken"),
            List.of("serve", "--http-port", "many"),
            List.of("serve", "--http-port", "65536"),
            List.of("serve", "--config", "none.json"))) {
      Result result = program.run(wrong.toArray(String[]::new));
      assertThat(result.code()).as("%s: %s", wrong, result.err()).isEqualTo(2);
      assertThat(result.out()).as("%s", wrong).isEmpty();
      assertThat(result.err()).as("%s", wrong).isNotEmpty().doesNotContain("\tat ");
    }
  }

  @Test
  void aMisspeltVariableStopsTheServerByName() throws Exception {
    Result result = new Program(dir, Map.of("ERIC_HTTP_PROT", "1")).run("serve");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("ERIC_HTTP_PROT");
  }

  @Test
  void aSecondServerDoesNotTakeTheSocketOfTheFirst() throws Exception {
    Result second = program.run("serve", "--http-port", "0");

    assertThat(second.code()).isEqualTo(1);
    assertThat(second.err()).contains(socket.getFileName().toString());
    assertThat(succeed("ls").out()).isEmpty();
  }

  @Test
  void aReaderThatHasHadEnoughIsNoError() throws Exception {
    succeed("create", "news");
    succeed("subscribe", "news", "reader");
    Path file = dir.resolve("many.txt");
    Files.writeString(file, "line\n".repeat(50_000));
    assertThat(program.runWith(file, "publish", "news").code()).isZero();

    Path err = dir.resolve("listen.err");
    Process listening =
        program.start(b -> b.redirectError(err.toFile()), "listen", "news", "reader");
    try {
      BufferedReader events = Program.output(listening);
      assertEvent(Program.line(events), "message", "line");
      events.close();
      assertThat(listening.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(listening.exitValue()).isZero();
      assertThat(Files.readString(err)).isEmpty();
    } finally {
      listening.destroyForcibly();
    }
  }

  private static void assertEvent(String line, String type, Object data) {
    assertThat(line).isNotNull();
    JsonObject event = new JsonObject(line);
    assertThat(event.getString("event")).isEqualTo(type);
    assertThat(event.getValue("data")).isEqualTo(data);
    assertThat(event.getString("id")).isNotEmpty();
  }

  private Result succeed(String... arguments) throws Exception {
    Result result = program.run(arguments);
    assertThat(result.code()).as("%s: %s", List.of(arguments), result.err()).isZero();
    assertThat(result.err()).as("%s", List.of(arguments)).isEmpty();
    return result;
  }

  private void assertRefused(String text, String... arguments) throws Exception {
    String[] command =
        arguments[0].startsWith("--") ? new String[] {"ls", arguments[0], arguments[1]} : arguments;
    Result result = program.run(command);
    assertThat(result.code()).as("%s: %s", List.of(command), result.err()).isEqualTo(1);
    assertThat(result.err()).startsWith(text).hasLineCount(1);
    assertThat(result.out()).isEmpty();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(request(path), BodyHandlers.ofString());
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(20)).build();
  }

  private void signal(String name) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + server.pid()).start().waitFor())
        .isZero();
  }

  private String serverLog() {
    try {
      return Files.readString(dir.resolve("server.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
