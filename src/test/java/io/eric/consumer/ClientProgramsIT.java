package io.eric.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.testing.NodeScripts;
import io.eric.testing.RequiresCommand;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The documents' programs in other languages, as they stand there, against the runnable jar. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ClientProgramsIT {

  private static final Pattern READY = Pattern.compile("eric is ready: (http://[^/ ]+)/.*");

  @TempDir private Path dir;
  private Process hub;
  private String url;

  @BeforeEach
  void serve() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                System.getProperty("eric.jar"),
                "serve",
                "--http-port",
                "0")
            .directory(dir.toFile())
            .redirectError(dir.resolve("hub.log").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("ERIC_"));
    hub = builder.start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(hub.getInputStream(), StandardCharsets.UTF_8));
    Matcher ready = READY.matcher(String.valueOf(out.readLine()));
    assertThat(ready.matches()).as(() -> text(dir.resolve("hub.log"))).isTrue();
    url = ready.group(1);
  }

  @AfterEach
  void end() throws Exception {
    hub.destroy();
    assertThat(hub.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  @RequiresCommand("python3")
  void readmesPythonIsAnswered() throws Exception {
    Path program = dir.resolve("ask.py");
    Files.writeString(program, Document.read("README.md").block("python", "import json, socket"));
    Process python = start("python3", program.toString());
    assertThat(python.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(text(dir.resolve("out.txt"))).isEqualTo("letters\nack\n");
  }

  @Test
  @RequiresCommand("node")
  void theBridgesClientHearsItsOwnMessage() throws Exception {
    Path packages =
        Path.of(NodeScripts.needing("@vertx/eventbus-bridge-client.js", "node_modules"));
    Files.createSymbolicLink(dir.resolve("node_modules"), packages);
    Path program = dir.resolve("bus.mjs");
    Files.writeString(program, Document.read("docs/POLYGLOT.md").block("js", "import EventBus"));
    Process node = start("node", program.toString(), url + "/eventbus");
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> assertThat(text(dir.resolve("out.txt"))).isEqualTo("greeting hello\n"));
    } finally {
      node.destroyForcibly();
    }
  }

  @Test
  @RequiresCommand({"node", "chromium"})
  void pagesReadAndPublish() throws Exception {
    Path source = page("README.md", "new EventSource");
    Path shared = page("docs/POLYGLOT.md", "from '/eric.js'");
    Path fetch = page("README.md", "await fetch(");
    create("news");
    String script = NodeScripts.needing("playwright-core", "page.mjs");
    Process node =
        start("node", script, url, source.toString(), shared.toString(), "--", fetch.toString());
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(text(dir.resolve("out.txt")).lines())
                      .hasSize(2)
                      .allMatch(line -> line.matches("\\S+-1 hello")));
    } finally {
      node.getOutputStream().close(); // it ends with its input, and takes the browser with it
      assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** A document's script, for this test's hub. */
  private Path page(String document, String containing) throws Exception {
    String script = Document.read(document).block("js", containing);
    return Files.writeString(
        Files.createTempFile(dir, "page", ".js"), script.replace("http://localhost:8080", url));
  }

  private void create(String channel) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/create?channel_id=" + channel))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    assertThat(
            HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode())
        .isEqualTo(200);
  }

  private Process start(String... command) throws Exception {
    return new ProcessBuilder(List.of(command))
        .directory(dir.toFile())
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("out.txt").toFile())
        .start();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }
}
