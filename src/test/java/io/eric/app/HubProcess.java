package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The runnable jar serving in a process of its own, and what the system tells about it from
 * outside: descriptors, memory, objects, log.
 */
final class HubProcess implements AutoCloseable {

  private static final Pattern READY =
      Pattern.compile("eric is ready: http://([0-9.]+):(\\d+)/ socket (\\S+)");

  private final Path dir;
  private final Process process;
  private final BufferedReader output;
  private final String host;
  private final int port;
  private final Path socket;

  private HubProcess(Path dir, Process process) {
    this.dir = dir;
    this.process = process;
    this.output = Program.output(process);
    String line = Program.line(output);
    Matcher ready = READY.matcher(String.valueOf(line));
    assertThat(ready.matches()).as("ready line: %s; log: %s", line, log()).isTrue();
    this.host = ready.group(1);
    this.port = Integer.parseInt(ready.group(2));
    this.socket = Path.of(ready.group(3));
  }

  /** Starts a hub with these settings and options of the Java machine; it is ready on return. */
  static HubProcess start(Path dir, JsonObject settings, String... machine) throws IOException {
    return start(dir, settings, List.of(), machine);
  }

  /**
   * @param before what stands before the command, as {@code ip netns exec}
   */
  static HubProcess start(Path dir, JsonObject settings, List<String> before, String... machine)
      throws IOException {
    Path config = dir.resolve("hub.json");
    JsonObject all = settings.copy();
    JsonObject http = all.getJsonObject("http", new JsonObject());
    if (!http.containsKey("port")) {
      http.put("port", 0);
    }
    JsonObject unix = all.getJsonObject("socket", new JsonObject());
    all.put("http", http).put("socket", unix.put("path", dir.resolve("e.sock").toString()));
    Files.writeString(config, all.encode());
    Program program = new Program(dir, Map.of(), before, List.of(machine));
    Path log = dir.resolve("hub.log");
    Process process =
        program.start(
            builder -> builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())),
            "serve",
            "--config",
            config.toString());
    try {
      return new HubProcess(dir, process);
    } catch (RuntimeException | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  String host() {
    return host;
  }

  int port() {
    return port;
  }

  Path socket() {
    return socket;
  }

  String url(String path) {
    return "http://" + host + ':' + port + path;
  }

  Process process() {
    return process;
  }

  // ---- as a client

  /** One command in one-shot mode; gives the answer's text. */
  String call(JsonObject command) {
    return call(command.encode().getBytes(StandardCharsets.UTF_8));
  }

  String call(byte[] request) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      ByteBuffer bytes = ByteBuffer.wrap(request);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.shutdownOutput();
      return new String(
          java.nio.channels.Channels.newInputStream(channel).readAllBytes(),
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Creates a channel; the options may be null. */
  void channel(String id, JsonObject options) {
    JsonObject command = new JsonObject().put("v", "c").put("c", id);
    if (options != null) {
      command.put("options", options);
    }
    assertThat(call(command)).isEqualTo(id);
  }

  void listener(String channel, String id) {
    assertThat(call(new JsonObject().put("v", "r").put("c", channel).put("r", id))).isEqualTo(id);
  }

  void broadcast(String channel, String type, Object payload) {
    assertThat(
            call(new JsonObject().put("v", "b").put("c", channel).put("t", type).put("p", payload)))
        .isEqualTo("ack");
  }

  /** The states of a channel's listeners, watchers included, by id. */
  Map<String, String> states(String channel) {
    Map<String, String> states = new HashMap<>();
    for (Object each : new JsonArray(call(new JsonObject().put("v", "ls").put("c", channel)))) {
      JsonObject listener = (JsonObject) each;
      states.put(listener.getString("listener"), listener.getString("state"));
    }
    return states;
  }

  // ---- from outside

  /** How many descriptors the process has open. */
  int descriptors() {
    try (Stream<Path> open = Files.list(Path.of("/proc", "" + process.pid(), "fd"))) {
      return (int) open.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Resident memory in bytes. */
  long residentBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", "" + process.pid(), "status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new AssertionError("no VmRSS");
  }

  /** What is alive on the heap, after a full collection. */
  Heap heap() {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Heap heap = new Heap(new HashMap<>());
    for (String line : run(jcmd, "" + process.pid(), "GC.class_histogram")) {
      String[] words = line.strip().split("\\s+");
      if (words.length >= 4 && words[0].endsWith(":")) {
        heap.classes().merge(words[3], new Objects(words[1], words[2]), Objects::plus);
      }
    }
    assertThat(heap.classes()).as("class histogram").isNotEmpty();
    return heap;
  }

  /** Live objects by the names of their classes. */
  record Heap(Map<String, Objects> classes) {

    /** All of them, in bytes. */
    long bytes() {
      return classes.values().stream().mapToLong(Objects::bytes).sum();
    }

    /** How many objects of this class there are. */
    long count(String className) {
      Objects objects = classes.get(className);
      return objects == null ? 0 : objects.count();
    }
  }

  /** Number and size of a class's objects. */
  record Objects(long count, long bytes) {
    private Objects(String count, String bytes) {
      this(Long.parseLong(count), Long.parseLong(bytes));
    }

    private Objects plus(Objects other) {
      return new Objects(count + other.count, bytes + other.bytes);
    }
  }

  void signal(String name) {
    run("kill", "-" + name, "" + process.pid());
  }

  String log() {
    try {
      return Files.readString(dir.resolve("hub.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /**
   * What should not be in the log: errors, and exceptions that nobody caught, with the beginning of
   * their traces.
   */
  List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    int frames = 0;
    for (String line : log().lines().toList()) {
      if (line.endsWith("VertxException: Thread blocked")) {
        frames = 0; // a busy machine
      } else if (line.contains(" ERROR ")
          || line.startsWith("Exception in ")
          || line.matches("^[a-z.]+\\.[A-Z]\\w*(Exception|Error)\\b.*")) {
        complaints.add(line);
        frames = 12;
      } else if (line.startsWith("\tat ") && frames-- > 0) {
        complaints.add(line);
      }
    }
    return complaints;
  }

  private static List<String> run(String... command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      List<String> lines = new ArrayList<>();
      try (BufferedReader out = Program.output(process)) {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          lines.add(line);
        }
      }
      assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    output.close();
  }
}
