package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.testing.ClassArchive;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One node of a cluster: the runnable jar in a process of its own. */
final class Node {

  private static final Pattern READY = Pattern.compile("eric is ready: (http://[^/]+)/.*");

  final int number;
  private final Host host;
  private final Path dir;
  private final Map<String, String> environment;
  final Disk disk;
  private String jar = System.getProperty("eric.jar");
  private Process process;
  private CompletableFuture<String> firstLine;
  private volatile String url;

  Node(int number, Host host, Path dir, Disk disk, Map<String, String> environment) {
    this.number = number;
    this.disk = disk;
    this.host = host;
    this.dir = dir;
    this.environment = environment;
  }

  /** Has the processes from now on run another version. */
  void runs(String otherJar) {
    jar = otherJar;
  }

  /** Starts the process; {@link #awaitReady} says when it serves. */
  void start() throws IOException {
    start(Map.of());
  }

  /** As above, with more in its environment for this time. */
  void start(Map<String, String> more) throws IOException {
    assertThat(jar).as("system property eric.jar").isNotNull();
    List<String> command = new ArrayList<>(host.prefix());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(ClassArchive.options(jar));
    command.add("-Dlogback.configurationFile=" + resource("/logback-nodes.xml"));
    command.addAll(List.of("-jar", jar));
    command.addAll(List.of("serve", "--cluster", "--http-host", host.address()));
    command.addAll(List.of("--http-port", "0"));
    if (environment.containsKey("ERIC_CLUSTER_MEMBERS")) { // else its slot gives it one of its own
      command.addAll(List.of("--socket", "n" + number + ".sock"));
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().keySet().removeIf(name -> name.startsWith("ERIC_"));
    builder.environment().putAll(environment);
    builder.environment().put("ERIC_CLUSTER_DIRECTORY", disk.directory().toString());
    builder.environment().putAll(more);
    url = null;
    Process started = builder.start();
    CompletableFuture<String> line = new CompletableFuture<>();
    Thread reader = new Thread(() -> line.complete(readLine(started)));
    reader.setDaemon(true);
    reader.start();
    process = started;
    firstLine = line;
  }

  private static String readLine(Process process) {
    try {
      return String.valueOf(process.inputReader(StandardCharsets.UTF_8).readLine());
    } catch (IOException e) {
      return e.toString();
    }
  }

  void awaitReady() throws Exception {
    String line = firstLine.completeOnTimeout("", 5, TimeUnit.MINUTES).get();
    Matcher ready = READY.matcher(line);
    assertThat(ready.matches()).as("ready line %s; log: %s", line, logText()).isTrue();
    url = ready.group(1);
  }

  /** What a command of an operator has printed, both ways, and its exit code. */
  record Ran(int exit, String text) {}

  /** Runs `eric cluster` with these arguments, on this node's machine and by its settings. */
  Ran operate(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(ClassArchive.options(jar));
    command.addAll(List.of("-jar", jar));
    command.add("cluster");
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("ERIC_"));
    builder.environment().putAll(environment);
    builder.environment().put("ERIC_CLUSTER_DIRECTORY", disk.directory().toString());
    Process ran = builder.start();
    String text = new String(ran.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(ran.waitFor(), text);
  }

  /** The directory that it shares with the nodes of its machine, or that is its own. */
  Path clusterDirectory() {
    return disk.directory();
  }

  private static URL resource(String name) {
    return Objects.requireNonNull(Node.class.getResource(name), name);
  }

  /** Writes what the threads of the process do beside its log, for whoever looks for a fault. */
  void dumpThreads() {
    if (!isRunning()) {
      return;
    }
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    File dump = dir.resolve("node" + number + ".threads").toFile();
    try {
      new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "Thread.print")
          .redirectErrorStream(true)
          .redirectOutput(dump)
          .start()
          .waitFor(20, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether there is a process. */
  boolean isRunning() {
    return process != null && process.isAlive();
  }

  /** Where its HTTP door is; null while it is not running. */
  String url() {
    return url;
  }

  /** Ends it without warning. */
  void kill() throws Exception {
    url = null;
    jvm().destroyForcibly();
    process.waitFor(20, TimeUnit.SECONDS);
  }

  /** Asks it to end; gives its exit code. */
  int terminate() throws Exception {
    jvm().destroy();
    return awaitEnd();
  }

  /** Waits until it has ended; gives its exit code. */
  int awaitEnd() throws Exception {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("node %d ends", number).isTrue();
    url = null;
    return process.exitValue();
  }

  /** Stops all its threads, as a machine that hangs. */
  void freeze() throws Exception {
    signal("STOP");
  }

  void thaw() throws Exception {
    signal("CONT");
  }

  private void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(jvm().pid())).start().waitFor();
  }

  /** The JVM, which "ip netns exec" becomes. */
  private ProcessHandle jvm() {
    return process.toHandle();
  }

  JsonObject health() throws Exception {
    return new JsonObject(curl("/healthz"));
  }

  /** Asks its HTTP door from its own host, which works when it is cut off. */
  String curl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(host.prefix());
    command.addAll(List.of("curl", "-s", "-m", "15"));
    for (String argument : arguments) {
      command.add(argument.startsWith("/") ? url + argument : argument);
    }
    Process curl = new ProcessBuilder(command).start();
    String answer = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    curl.waitFor(30, TimeUnit.SECONDS);
    return answer;
  }

  Path log() {
    return dir.resolve("node" + number + ".log");
  }

  String logText() {
    try {
      return Files.readString(log());
    } catch (IOException e) {
      return e.toString();
    }
  }
}
