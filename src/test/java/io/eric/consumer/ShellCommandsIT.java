package io.eric.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.testing.RequiresCommand;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * README's commands as they stand there, but for the ports: in a directory that has what they name,
 * each terminal a bash.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@RequiresCommand({"bash", "curl"})
class ShellCommandsIT {

  private static final Pattern READY = Pattern.compile("eric is ready: http://[^/ ]+:(\\d+)/");

  /** How long it may take until a watcher is there, before what it watches is said again. */
  private static final Duration AGAIN = Duration.ofSeconds(2);

  @TempDir private Path dir;
  private final Map<String, String> environment = new HashMap<>();
  private final List<Terminal> terminals = new ArrayList<>();
  private Document readme;
  private String port = "";

  @BeforeEach
  void open() throws Exception {
    readme = Document.read("README.md");
    for (String name : List.of("target", "verticles")) {
      Files.createSymbolicLink(dir.resolve(name), Path.of(name).toAbsolutePath());
    }
    Path java = Path.of(System.getProperty("java.home"), "bin");
    environment.put("PATH", java + ":" + System.getenv("PATH"));
    environment.put("ERIC_HTTP_PORT", "0");
    environment.put("ERIC_HTTP_EDGE_HEARTBEAT", "1000");
    environment.put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");
  }

  @AfterEach
  void close() {
    terminals.forEach(Terminal::close);
  }

  @Test
  void aWatcherAndAListenerShowWhatCurlPublishes() throws Exception {
    serve();
    String publish = block("'localhost:8080/broadcast?channel_id=news'");
    Terminal watcher = open(block("curl -N localhost:8080/watch/news"));
    publishUntilShown(publish, watcher, "event: greeting");
    watcher.awaitShown("data: hello\n");
    assertThat(watcher.shown()).containsPattern("(?m)^id: \\S+$");

    Terminal listener = open(block("curl -N localhost:8080/stream/news/desk"));
    listener.awaitShown("data: for you\n");
    publishUntilShown(publish, listener, "data: hello");
    assertThat(open(publish).awaitEnd()).endsWith("null");

    assertThat(open(block("/create?channel_id=careful")).awaitEnd()).contains("careful");
  }

  @Test
  void theCommandLineWatchesPublishesAndLists() throws Exception {
    serve();
    List<String> lines = block("eric watch sport").lines().toList();
    int watch = indexOf(lines, "eric watch sport");
    Terminal watcher = open(String.join("\n", lines.subList(0, watch + 1)));
    String other = lines.get(0) + '\n' + String.join("\n", lines.subList(watch + 1, lines.size()));
    publishUntilShown(other, watcher, "\"greeting\"");
    String shown = terminals.get(terminals.size() - 1).awaitEnd();
    assertThat(shown).contains("Usage:");
  }

  @Test
  void aFileArrivesWhole() throws Exception {
    serve();
    String function = block("eric watch sport").lines().findFirst().orElseThrow();
    String shown = open(function + '\n' + block("sha256sum lines.txt")).awaitEnd();
    List<String> sums =
        Pattern.compile("(?m)^([0-9a-f]{64}) ")
            .matcher(shown)
            .results()
            .map(found -> found.group(1))
            .toList();
    assertThat(sums).as(shown).hasSize(2);
    assertThat(sums.get(0)).as(shown).isEqualTo(sums.get(1));
  }

  @Test
  @RequiresCommand("socat")
  void socatPublishesAndWatches() throws Exception {
    serve();
    assertThat(open("curl -sX PUT 'localhost:" + port + "/create?channel_id=news'").awaitEnd())
        .contains("news");
    List<String> lines = block("socat").lines().toList();
    Terminal watcher = open(lines.get(1));
    publishUntilShown(lines.get(0), watcher, "\"greeting\"");
  }

  @Test
  void theBotInTheChatRoomAnswers() throws Exception {
    serve(block("run js:verticles/js/chat.mjs\n"));
    talk("/watch/chat &", "ann, you said: are you there");
  }

  @Test
  void aVerticleInKotlinCountsWords() throws Exception {
    serve(block("verticles.kotlin.WordCount").replace("mvn -q test-compile\n", ""));
    talk("/watch/chat &", "event: words");
  }

  @Test
  void partsInTwoLanguagesGreetEachOther() throws Exception {
    String commands = block("verticles.kotlin.Greeter");
    serve(commands.substring(0, commands.indexOf("curl")));
    talk("/watch/greetings &", "event: done");
  }

  @Test
  void aStreamGoesOnWhenANodeIsKilledAndAfterAllAre() throws Exception {
    int base = freeTen();
    environment.remove("ERIC_HTTP_PORT");
    environment.put("ERIC_CLUSTER_NAME", "shell" + ProcessHandle.current().pid());
    environment.put("ERIC_CLUSTER_PORT", Integer.toString(10 * base + 5));
    String demo = readme.block("sh", "serve --cluster").replace("808", Integer.toString(base));
    String start = demo.substring(0, demo.indexOf("curl -X PUT"));
    String watch = demo.substring(demo.indexOf("curl -sN"), demo.indexOf("sleep 5"));
    Terminal nodes =
        open(
            demo
                + "\necho; echo killed; until [ -e go ]; do sleep 0.1; done"
                + "; kill -9 $(jobs -p); wait; echo; echo all killed\n"
                + start
                + watch
                + "wait");
    nodes.awaitShown(Pattern.compile("killed\n(.*\n)*(data: .*\n(.*\n)*){5}"));
    Files.createFile(dir.resolve("go"));
    nodes.awaitShown(Pattern.compile("all killed\n(.*\n)*(data: .*\n(.*\n)*){3}"));
  }

  @Test
  void everyBlockOfCommandsIsRunHere() {
    List<String> known =
        List.of(
            "mvn -q -DskipTests package", // serve()
            "mvn verify", // runs this
            "curl -N localhost:8080/watch/news",
            "'localhost:8080/broadcast?channel_id=news'",
            "curl -N localhost:8080/stream/news/desk",
            "/create?channel_id=careful",
            "eric watch sport",
            "sha256sum lines.txt",
            "run js:verticles/js/chat.mjs\n",
            "/watch/chat &",
            "verticles.kotlin.WordCount",
            "verticles.kotlin.Greeter",
            "socat",
            "serve --cluster");
    assertThat(readme.blocks("sh"))
        .allSatisfy(block -> assertThat(known).anyMatch(block::contains));
    assertThat(readme.blocks("sh")).hasSameSizeAs(known);
  }

  /** The first command of all, without the build, which ran before the tests. */
  private void serve() throws IOException {
    String command = readme.block("sh", "mvn -q -DskipTests package");
    serve(command.substring(command.indexOf("java")));
  }

  private void serve(String command) throws IOException {
    port = open(command).awaitShown(READY).group(1);
  }

  /** The block, with the port of this test's hub. */
  private String block(String containing) {
    return readme.block("sh", containing).replace("8080", port.isEmpty() ? "8080" : port);
  }

  private Terminal open(String commands) throws IOException {
    Terminal terminal = new Terminal(dir, environment, commands);
    terminals.add(terminal);
    return terminal;
  }

  /** The first line watches, the others say something. */
  private void talk(String watching, String expected) throws Exception {
    List<String> lines = block(watching).lines().toList();
    int watch = indexOf(lines, watching);
    Terminal watcher = open(lines.get(watch).split("&", 2)[0]);
    publishUntilShown(String.join("\n", lines.subList(watch + 1, lines.size())), watcher, expected);
  }

  /** A watcher sees what comes when it is there, which nothing in a terminal tells. */
  private void publishUntilShown(String publish, Terminal watcher, String expected) {
    await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(AGAIN)
        .pollDelay(Duration.ZERO)
        .until(
            () -> {
              boolean shown = watcher.shown().contains(expected);
              if (!shown) {
                open(publish).awaitEnd();
              }
              return shown;
            });
  }

  private static int indexOf(List<String> lines, String part) {
    return (int) lines.stream().takeWhile(line -> !line.contains(part)).count();
  }

  /** Ten ports that nobody has, as a number without the last digit: README shows 8081 to 8083. */
  private static int freeTen() throws IOException {
    for (int ten = 2_000; ten < 3_200; ten += 7) {
      if (areFree(10 * ten)) {
        return ten;
      }
    }
    throw new IOException("no ten ports are free");
  }

  private static boolean areFree(int first) {
    for (int each = first; each < first + 10; each++) {
      try (ServerSocket probe = new ServerSocket(each)) {
        assertThat(probe.isBound()).isTrue();
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }
}
