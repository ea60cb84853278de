package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.testing.FreePort;
import io.eric.testing.NodeScripts;
import io.eric.testing.RequiresCommand;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One distributed application over one channel, whose parts are a verticle in JavaScript, one in
 * Kotlin and one in Java, a web page and a Python process, on one node and with each verticle on a
 * node of its own; and the samples together as README runs them.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PolyglotIT {

  private static final String CHANNEL = "greetings";
  private static final List<String> PARTS = List.of("browser", "java", "js", "kotlin", "python");
  private static final Path SAMPLES = Path.of("verticles").toAbsolutePath();
  private static final Path PYTHON = Path.of("src/test/resources/python").toAbsolutePath();
  private static final String GREETER = "js:" + SAMPLES.resolve("js/greeter.mjs");
  private static final String CHAT = "js:" + SAMPLES.resolve("js/chat.mjs");

  private static final Map<String, String> VERTICLES =
      Map.of(
          "js",
          GREETER,
          "kotlin",
          "verticles.kotlin.Greeter",
          "java",
          "io.eric.examples.GreeterVerticle");

  @TempDir private Path dir;
  private final List<Process> processes = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void endProcesses() throws Exception {
    for (Process process : processes) {
      process.getOutputStream().close(); // what ends the page's script, and with it its browser
    }
    for (Process process : processes) {
      boolean isPage = process.info().command().orElse("").endsWith("node");
      if (!process.waitFor(isPage ? 20 : 0, TimeUnit.SECONDS)) {
        Processes.kill(process);
      }
    }
  }

  @Test
  @RequiresCommand({"node", "chromium", "python3"})
  void fivePartsAnswerEachOtherOnOneNode() throws Exception {
    Node node = start("one", List.of(), verticles("js", "kotlin", "java"), "serve");
    everybodyAnswersEverybody(List.of(node));
  }

  @Test
  @RequiresCommand({"node", "chromium", "python3"})
  void fivePartsAnswerEachOtherAcrossThreeNodes() throws Exception {
    List<String> cluster = cluster(3);
    List<Starting> starting = new ArrayList<>(); // the first start needs all of them
    starting.add(launch("n1", cluster, verticles("js"), "serve", "--cluster"));
    starting.add(launch("n2", cluster, verticles("kotlin"), "serve", "--cluster"));
    starting.add(launch("n3", cluster, verticles("java"), "serve", "--cluster"));
    List<Node> nodes = new ArrayList<>();
    for (Starting each : starting) {
      nodes.add(each.awaitReady());
    }
    everybodyAnswersEverybody(nodes);
  }

  @Test
  void theChatSamplesRunTogetherOnOneNode() throws Exception {
    Node node = start("chat", List.of(), null, "run", CHAT, "verticles.kotlin.WordCount");
    chatIsAnsweredAndCounted(node, node);
  }

  @Test
  void theChatSamplesRunOnNodesOfTheirOwn() throws Exception {
    List<String> cluster = cluster(2);
    Starting bot = launch("bot", cluster, null, "run", "--cluster", CHAT);
    Starting counter =
        launch("counter", cluster, null, "run", "--cluster", "verticles.kotlin.WordCount");
    chatIsAnsweredAndCounted(bot.awaitReady(), counter.awaitReady());
  }

  // ---- the application

  private void everybodyAnswersEverybody(List<Node> nodes) throws Exception {
    Node first = nodes.get(0);
    Node last = nodes.get(nodes.size() - 1);
    List<String> page = new ArrayList<>();
    page.add("node");
    page.add(NodeScripts.needing("playwright-core", "greeter-page.mjs"));
    page.addAll(List.of(first.url, CHANNEL, "browser"));
    page.addAll(othersThan("browser"));
    BufferedReader pageSays = start(page);
    List<String> python = new ArrayList<>();
    python.addAll(List.of("python3", PYTHON.resolve("greeter.py").toString()));
    python.addAll(List.of(last.socket.toString(), CHANNEL, "python"));
    python.addAll(othersThan("python"));
    assertThat(start(python).readLine()).isEqualTo("ready");
    assertThat(pageSays.readLine()).isEqualTo("ready");
    assertThat(pageSays.readLine()).as("an address that is not permitted").startsWith("refused ");
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(listeners(last)).containsExactlyInAnyOrderElementsOf(PARTS));

    Iterator<String> watched = watch(last, CHANNEL);
    post(first, CHANNEL, "begin", null);

    Map<String, List<?>> answers = new TreeMap<>();
    while (answers.size() < PARTS.size()) {
      JsonObject done = next(watched, "done");
      answers.put(done.getString("by"), done.getJsonArray("answers").getList());
    }
    for (String part : PARTS) {
      assertThat(answers.get(part)).as("who has answered %s", part).isEqualTo(othersThan(part));
    }
  }

  private static List<String> othersThan(String part) {
    return PARTS.stream().filter(other -> !other.equals(part)).toList();
  }

  private JsonObject verticles(String... parts) {
    JsonObject verticles = new JsonObject();
    for (String part : parts) {
      JsonObject config =
          new JsonObject()
              .put("channel", CHANNEL)
              .put("name", part)
              .put("others", new JsonArray(othersThan(part)));
      verticles.put(
          part, new JsonObject().put("verticle", VERTICLES.get(part)).put("config", config));
    }
    return new JsonObject().put("verticles", verticles);
  }

  private List<String> listeners(Node node) throws Exception {
    JsonObject all = new JsonObject(get(node, "/"));
    return all.getJsonArray(CHANNEL, new JsonArray()).stream().map(String.class::cast).toList();
  }

  // ---- the chat room

  private void chatIsAnsweredAndCounted(Node here, Node there) throws Exception {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(new JsonObject(get(there, "/")).getJsonArray("chat"))
                    .containsExactlyInAnyOrder("bot", "counter"));
    Iterator<String> watched = watch(there, "chat");
    post(here, "chat", "say", new JsonObject().put("from", "ann").put("text", "@bot one two"));
    assertThat(next(watched, "say").getString("from")).isEqualTo("ann");
    List<String> heard = new ArrayList<>();
    while (heard.size() < 3) {
      JsonObject message = next(watched, null);
      heard.add(message.containsKey("by") ? message.getString("by") : message.getString("text"));
    }
    assertThat(heard).containsExactlyInAnyOrder("ann", "ann, you said: one two", "bot");
  }

  // ---- processes

  /** A running hub. */
  private record Node(String url, Path socket) {}

  /** Settings that the nodes of one machine share, as environment. */
  private List<String> cluster(int size) throws IOException {
    int port = FreePort.find();
    return List.of(
        "ERIC_CLUSTER_NAME=polyglot" + port + '-' + ProcessHandle.current().pid(),
        "ERIC_CLUSTER_PORT=" + port,
        "ERIC_CLUSTER_DIRECTORY=" + dir.resolve("cluster"),
        "ERIC_CLUSTER_SIZE=" + size);
  }

  private Node start(
      String name, List<String> environment, JsonObject settings, String... arguments)
      throws IOException {
    return launch(name, environment, settings, arguments).awaitReady();
  }

  private Starting launch(
      String name, List<String> environment, JsonObject settings, String... arguments)
      throws IOException {
    Path socket = dir.resolve(name + ".sock");
    Path log = dir.resolve(name + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx384m", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(
        System.getProperty("eric.jar")
            + File.pathSeparator
            + Path.of("target", "test-classes").toAbsolutePath());
    command.add("io.eric.app.cli.Main");
    command.addAll(List.of(arguments));
    if (settings != null) {
      Path file = Files.writeString(dir.resolve(name + ".json"), settings.encodePrettily());
      command.addAll(List.of("--config", file.toString()));
    }
    ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile());
    builder.environment().keySet().removeIf(key -> key.startsWith("ERIC_"));
    builder.environment().put("ERIC_SOCKET_PATH", socket.toString());
    builder.environment().put("ERIC_HTTP_PORT", "0");
    for (String setting : environment) {
      builder.environment().put(setting.split("=")[0], setting.split("=")[1]);
    }
    Process process = builder.redirectError(log.toFile()).start();
    processes.add(process);
    return new Starting(process.inputReader(), log, socket);
  }

  /** A hub that was started and has not said yet that it is ready. */
  private record Starting(BufferedReader out, Path log, Path socket) {

    Node awaitReady() throws IOException {
      String line = out.readLine(); // the test classes' log goes there too
      while (line != null && !line.startsWith("eric is ready: http://")) {
        line = out.readLine();
      }
      assertThat(line).as("ready line; %s", Files.readString(log)).isNotNull();
      drain(out);
      return new Node(line.split(" ")[3].replaceFirst("/$", ""), socket);
    }
  }

  private static void drain(BufferedReader out) {
    Thread reader = new Thread(() -> out.lines().forEach(line -> {}));
    reader.setDaemon(true);
    reader.start();
  }

  private BufferedReader start(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    processes.add(process);
    return process.inputReader();
  }

  // ---- HTTP

  private String get(Node node, String path) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create(node.url + path)).build(), BodyHandlers.ofString())
        .body();
  }

  private void post(Node node, String channel, String type, Object payload) throws Exception {
    JsonObject message = new JsonObject().put("type", type).put("payload", payload);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(node.url + "/broadcast?channel_id=" + channel))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(message.encode()))
            .build();
    assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
  }

  private Iterator<String> watch(Node node, String channel) throws Exception {
    return http.send(
            HttpRequest.newBuilder(URI.create(node.url + "/watch/" + channel)).build(),
            BodyHandlers.ofLines())
        .body()
        .iterator();
  }

  /** The payload of the next message of a type, or of any. */
  private static JsonObject next(Iterator<String> lines, String type) {
    boolean wanted = false;
    while (true) {
      String line = lines.next();
      if (line.startsWith("event: ")) {
        wanted = type == null || line.equals("event: " + type);
      } else if (wanted && line.startsWith("data: ")) {
        return new JsonObject(line.substring(6));
      }
    }
  }
}
