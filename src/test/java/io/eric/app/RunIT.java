package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Samples as README runs them: the jar, a verticle's file, and a client outside. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class RunIT {

  private static final Path SAMPLES = Path.of("verticles").toAbsolutePath();

  @TempDir private Path dir;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Test
  void theChatSampleAnswersWhoAddressesTheBot() throws Exception {
    try (Server server = new Server("js:" + SAMPLES.resolve("js/chat.mjs"))) {
      answersInChat(server, "chat");
      server.stop();
      assertThat(server.process.exitValue()).as(server::log).isZero();
      assertThat(server.log()).contains("chat.mjs runs").contains("chat.mjs has ended");
    }
  }

  @Test
  void verticlesCanStandInTheSettings() throws Exception {
    Path settings = dir.resolve("settings.json");
    JsonObject chat =
        new JsonObject()
            .put("verticle", "js:" + SAMPLES.resolve("js/chat.mjs"))
            .put("isolation", "worker")
            .put("config", new JsonObject().put("channel", "lobby"));
    Files.writeString(
        settings,
        new JsonObject().put("verticles", new JsonObject().put("chat", chat)).encodePrettily());
    try (Server server = new Server("serve", "--config", settings.toString())) {
      answersInChat(server, "lobby");
    }
  }

  @Test
  void aVerticleThatDoesNotStartEndsTheProgramWithItsError() throws Exception {
    Path bad = Files.writeString(dir.resolve("bad.mjs"), "\nexport const start = () => nope();\n");
    Program.Result run =
        new Program(dir, Map.of("ERIC_SOCKET_PATH", dir.resolve("b.sock").toString()))
            .run("run", "--http-port", "0", "js:" + bad);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("ReferenceError: nope is not defined at bad.mjs:2:28");
  }

  @Test
  void aScriptThatHangsHoldsUpNeitherTheHubNorItsEnd() throws Exception {
    Path hanging =
        Files.writeString(
            dir.resolve("hanging.mjs"),
            """
            export const start = async (eric) => {
              const channel = await eric.create('hang');
              await channel.subscribe('it');
              await channel.listen('it', () => {
                console.log('hangs\\nfor good');
                for (;;) {}
              });
            };
            """);
    try (Server server = new Server("js:" + hanging, "js:" + SAMPLES.resolve("js/chat.mjs"))) {
      assertThat(server.publish("hang", "{\"type\": \"x\"}").statusCode()).isEqualTo(200);
      Awaitility.await().until(() -> server.log().contains("hangs\\nfor good"));
      answersInChat(server, "chat");
      long begin = System.nanoTime();
      server.stop();
      // The limit is ten seconds: it did not have to pass.
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(9));
      assertThat(server.process.exitValue()).as(server::log).isZero();
      assertThat(server.log()).contains("hanging.mjs has held the thread eric-verticle-");
    }
  }

  private void answersInChat(Server server, String room) throws Exception {
    HttpResponse<Stream<String>> watch =
        http.send(
            HttpRequest.newBuilder(URI.create(server.url + "watch/" + room)).build(),
            BodyHandlers.ofLines());
    assertThat(watch.statusCode()).isEqualTo(200);
    HttpResponse<String> said =
        server.publish(
            room,
            """
            {"type": "say", "payload": {"from": "ann", "text": "@bot are you there"}}
            """);
    assertThat(said.statusCode()).as(said.body()).isEqualTo(200);
    Iterator<String> lines = watch.body().iterator();
    String line = "";
    while (!line.contains("ann, you said")) {
      line = lines.next();
    }
    assertThat(line)
        .isEqualTo("data: {\"from\":\"bot\",\"text\":\"ann, you said: are you there\"}");
  }

  /** {@code run} with a verticle, or any other command that serves. */
  private final class Server implements AutoCloseable {
    private final Process process;
    private final String url;

    private Server(String... arguments) throws IOException {
      Program program =
          new Program(
              dir,
              Map.of("ERIC_SOCKET_PATH", dir.resolve("e.sock").toString(), "ERIC_HTTP_PORT", "0"));
      String[] command =
          arguments[0].equals("serve")
              ? arguments
              : Stream.concat(Stream.of("run"), Stream.of(arguments)).toArray(String[]::new);
      process =
          program.start(
              builder -> builder.redirectError(dir.resolve("server.log").toFile()), command);
      BufferedReader output = Program.output(process);
      String ready = Program.line(output);
      assertThat(ready).as(this::log).isNotNull().startsWith("eric is ready: http://");
      url = ready.split(" ")[3];
    }

    private HttpResponse<String> publish(String channel, String message) throws Exception {
      return http.send(
          HttpRequest.newBuilder(URI.create(url + "broadcast?channel_id=" + channel))
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(message))
              .build(),
          BodyHandlers.ofString());
    }

    private void stop() throws InterruptedException {
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    private String log() {
      try {
        return Files.readString(dir.resolve("server.log"));
      } catch (IOException e) {
        return e.toString();
      }
    }

    @Override
    public void close() throws Exception {
      process.destroyForcibly().waitFor();
    }
  }
}
