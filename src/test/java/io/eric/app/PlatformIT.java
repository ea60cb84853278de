package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.app.Program.Result;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program on machines that are set up otherwise than ours: locales, limits, what is in use. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class PlatformIT {

  private static final byte[] HEALTH =
      "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PING = "{\"v\":\"ping\"}\n".getBytes(StandardCharsets.US_ASCII);

  @TempDir private Path dir;

  private static Result refused(Program program, int code, String... arguments) throws Exception {
    Result result = program.run(arguments);
    assertThat(result.code()).as("exit code of %s: %s", List.of(arguments), result).isEqualTo(code);
    assertThat(result.err()).doesNotContain("\tat ");
    return result;
  }

  private Program program(String... environment) {
    Map<String, String> all = new HashMap<>();
    for (int i = 0; i < environment.length; i += 2) {
      all.put(environment[i], environment[i + 1]);
    }
    return new Program(dir, all);
  }

  private JsonObject fileStore() {
    return new JsonObject()
        .put(
            "store",
            new JsonObject()
                .put("type", "file")
                .put("file", new JsonObject().put("directory", dir.resolve("store").toString())));
  }

  // ---- locales

  @ParameterizedTest
  @ValueSource(strings = {"fa", "ar", "tr"})
  void aHubOfAnyLocaleStartsAgainOnItsFiles(String language) throws Exception {
    JsonObject settings = fileStore();
    String[] machine = {
      "-Duser.language=" + language,
      "-Duser.country=" + Map.of("fa", "IR", "ar", "EG", "tr", "TR").get(language)
    };
    try (HubProcess hub = HubProcess.start(dir, settings, machine)) {
      hub.channel("news", null);
      hub.listener("news", "desk");
      hub.broadcast("news", "title", "a");
    }
    assertThat(dir.resolve("store").resolve("0000000001.log")).exists();
    try (HubProcess hub = HubProcess.start(dir, settings, machine)) {
      hub.broadcast("news", "title", "b");
      assertThat(hub.states("news")).containsKey("desk");
      JsonObject desk =
          new JsonArray(hub.call(new JsonObject().put("v", "ls").put("c", "news")))
              .getJsonObject(0);
      assertThat(desk.getInteger("lag")).isEqualTo(2);
      assertThat(hub.complaints()).isEmpty();
    }
  }

  @Test
  void whatIsTypedIsPublishedUnderTheLocaleC() throws Exception {
    try (HubProcess hub = HubProcess.start(dir, new JsonObject())) {
      hub.channel("news", null);
      hub.listener("news", "desk");
      Program c = program("LC_ALL", "C", "ERIC_SOCKET_PATH", hub.socket().toString());
      // Through a shell, since our own locale may not be able to express it either.
      Path script = dir.resolve("typed.sh");
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      Files.writeString(
          script,
          "LC_ALL=C ERIC_SOCKET_PATH="
              + hub.socket()
              + " '"
              + java
              + "' -jar '"
              + System.getProperty("eric.jar")
              + "' broadcast news greet 'h\u00e9llo \ud83d\ude00'\n",
          StandardCharsets.UTF_8);
      Process typed = new ProcessBuilder("sh", script.toString()).inheritIO().start();
      assertThat(typed.waitFor()).isZero();
      assertThat(c.run("ls").lines()).containsExactly("news");
      String read = http(hub, "/stream/news/desk");
      assertThat(read).contains("data: h\u00e9llo \ud83d\ude00\n");
    }
  }

  private static String http(HubProcess hub, String path) throws Exception {
    Process curl = new ProcessBuilder("curl", "-sN", "-m", "20", hub.url(path)).start();
    try {
      StringBuilder text = new StringBuilder();
      try (var reader = Program.output(curl)) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          text.append(line).append('\n');
          if (line.startsWith("data: ")) {
            break;
          }
        }
      }
      return text.toString();
    } finally {
      curl.destroyForcibly();
    }
  }

  // ---- what a start needs

  @Test
  void aPortThatIsTakenIsNamedWithItsSetting() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(other.getLocalPort());
      Result result = refused(program(), 1, "serve", "--http-port", port, "--socket", "e.sock");
      assertThat(lastLine(result))
          .isEqualTo(
              "eric: setting \"http.port\": cannot serve HTTP on 127.0.0.1:"
                  + port
                  + ": Address already in use");
    }
  }

  @Test
  void aDirectoryWithoutRoomForTheSocketIsNamedWithItsSetting() throws Exception {
    Result result = refused(program(), 1, "serve", "--http-port", "0", "--socket", "/proc/e.sock");
    assertThat(lastLine(result))
        .startsWith("eric: setting \"socket.path\": no socket can be made in /proc: ");
  }

  @Test
  void aStoreThatIsTakenIsNamedWithItsSetting() throws Exception {
    JsonObject settings = fileStore();
    try (HubProcess hub = HubProcess.start(dir, settings)) {
      Program second =
          program(
              "ERIC_STORE_TYPE",
              "file",
              "ERIC_STORE_FILE_DIRECTORY",
              dir.resolve("store").toString());
      Result result = refused(second, 1, "serve", "--http-port", "0", "--socket", "other.sock");
      assertThat(lastLine(result))
          .isEqualTo(
              "eric: setting \"store.file.directory\": the store directory "
                  + dir.resolve("store").toRealPath()
                  + " is in use by another process");
      assertThat(hub.process().isAlive()).isTrue();
    }
  }

  @Test
  void aTemporaryDirectoryThatCannotBeUsedIsNamedWithItsProperty() throws Exception {
    Program program =
        new Program(dir, Map.of(), List.of(), List.of("-Djava.io.tmpdir=/dev/null/x"));
    Result result = refused(program, 1, "serve", "--http-port", "0", "--socket", "e.sock");
    assertThat(lastLine(result))
        .startsWith(
            "eric: system property java.io.tmpdir: no directory can be made in /dev/null/x: ");
  }

  @Test
  void fewFilesAreWarnedOfOnce() throws Exception {
    JsonObject settings = new JsonObject().put("http", new JsonObject().put("host", "127.0.0.1"));
    List<String> limited = List.of("prlimit", "--nofile=1500:1500");
    try (HubProcess hub = HubProcess.start(dir, settings, limited)) {
      assertThat(hub.log().lines().filter(line -> line.contains("may have 1500 files open")))
          .hasSize(1);
    }
  }

  @Test
  void aBindToAllAddressesIsWarnedOfOnce() throws Exception {
    JsonObject settings = new JsonObject().put("http", new JsonObject().put("host", "0.0.0.0"));
    try (HubProcess hub = HubProcess.start(dir, settings)) {
      assertThat(hub.log().lines().filter(l -> l.contains(" WARN ") && l.contains("0.0.0.0")))
          .hasSize(1);
    }
  }

  @Test
  void aSignalWhileConnectionsArriveIsQuiet() throws Exception {
    JsonObject settings = new JsonObject().put("shutdown", new JsonObject().put("drain", 100));
    try (HubProcess hub = HubProcess.start(dir, settings)) {
      AtomicBoolean done = new AtomicBoolean();
      AtomicInteger arrived = new AtomicInteger();
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        boolean overHttp = i % 2 == 0;
        Thread client = new Thread(() -> connectUntil(done, arrived, hub, overHttp));
        clients.add(client);
        client.start();
      }
      await().atMost(30, TimeUnit.SECONDS).until(() -> arrived.get() > 200);

      hub.signal("TERM");

      assertThat(hub.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
      done.set(true);
      for (Thread client : clients) {
        client.join();
      }
      assertThat(hub.process().exitValue()).as(hub.log()).isZero();
      assertThat(hub.log()).doesNotContain("\tat ").doesNotContain("Exception");
    }
  }

  private static void connectUntil(
      AtomicBoolean done, AtomicInteger arrived, HubProcess hub, boolean overHttp) {
    while (!done.get()) {
      try (SocketChannel client =
          SocketChannel.open(
              overHttp ? StandardProtocolFamily.INET : StandardProtocolFamily.UNIX)) {
        client.connect(
            overHttp
                ? new InetSocketAddress(hub.host(), hub.port())
                : UnixDomainSocketAddress.of(hub.socket()));
        client.write(ByteBuffer.wrap(overHttp ? HEALTH : PING));
        client.read(ByteBuffer.allocate(64)); // the answer, or the end
        arrived.incrementAndGet();
      } catch (IOException closedByNow) {
        Thread.onSpinWait();
      }
    }
  }

  // ---- wrong usage

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "serve --port 80                       | unknown option --port; did you mean --http-port?",
        "serve --http-prot 80                  | unknown option --http-prot; did you mean"
            + " --http-port?",
        "serve --http-port x                   | 'x' is not an int",
        "serve --http-port 65536               | http.port is 65536",
        "sevre                                 | unexpected argument sevre; did you mean serve?",
        "create --overflow explode             | \"explode\" is none of gap, reject, disconnect",
        "create -o limit.byte=1                | unknown setting",
        "publish news --on-bad-line never      | SKIP",
        "run --instances 0 js:x.mjs            | instances is 0",
      })
  void aWrongOptionIsWrongUsage(String line, String complaint) throws Exception {
    Result result = refused(program(), 2, line.strip().split(" "));
    assertThat(result.err().replace("''", "'")).contains(complaint.strip());
  }

  @Test
  void aWrongLogLevelIsRefused() throws Exception {
    assertThat(refused(program("ERIC_LOG_LEVEL", "FOO"), 2, "serve").err())
        .contains("ERIC_LOG_LEVEL is FOO", "TRACE, DEBUG, INFO, WARN, ERROR, OFF");
  }

  @Test
  void aConfigurationThatIsNoJsonIsRefusedWithLineAndColumn() throws Exception {
    Files.writeString(dir.resolve("a.json"), "{\"http\": {\n  \"port\": 1,\n}}");
    assertThat(refused(program(), 2, "serve", "--config", "a.json").err())
        .contains("a.json, line 3, column 1: a comma must not stand before }");
  }

  // ---- publish

  @Test
  void linesThatCannotBePublishedEndItOrAreLeftOutOrMended() throws Exception {
    try (HubProcess hub = HubProcess.start(dir, new JsonObject())) {
      hub.channel("news", null);
      Program program = program("ERIC_SOCKET_PATH", hub.socket().toString());
      Path lines = dir.resolve("lines");
      Files.write(
          lines,
          ("a\n" + "x".repeat(2_000_000) + "\ncaf?\nb\n")
              .replace('?', '\u00e9')
              .getBytes(StandardCharsets.ISO_8859_1));

      Result stopped = program.runWith(lines, "publish", "news");
      assertThat(stopped.code()).isEqualTo(1);
      assertThat(stopped.err()).contains("line 2 is longer than 1048576 bytes");
      assertThat(stopped.out()).startsWith("1 messages ");

      Result skipped = program.runWith(lines, "publish", "news", "--on-bad-line", "skip");
      assertThat(skipped.code()).isZero();
      assertThat(skipped.err())
          .contains("line 2 is longer", "line 3 is not UTF-8", "2 lines skipped");
      assertThat(skipped.out()).startsWith("2 messages ");

      Result replaced = program.runWith(lines, "publish", "news", "--on-bad-line", "replace");
      assertThat(replaced.code()).isZero();
      assertThat(replaced.out()).startsWith("3 messages ");

      // Quotes double in JSON: the line fits and the command does not.
      Files.writeString(lines, "\"".repeat(600_000) + "\n");
      assertThat(program.runWith(lines, "publish", "news").err()).contains("line 1 is longer than");
    }
  }

  private static String lastLine(Result result) {
    List<String> lines = result.err().lines().toList();
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }
}
