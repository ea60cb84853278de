package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Position;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * A hub with a durable store is killed again and again while publishers publish as fast as they
 * can. What was acknowledged must be delivered, in order and once, to who resumes with {@code
 * Last-Event-ID}; who resumes without it may see repeats, each under the same id. What was under
 * way when the hub died is of unknown outcome: it may come, but not twice.
 */
final class KillTrial implements AutoCloseable {

  private static final Pattern READY =
      Pattern.compile("eric is ready: (http://127\\.0\\.0\\.1:\\d+)/.*");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String CHANNEL = "trial";
  private static final int PUBLISHERS = 3;
  private static final int BATCH = 50;
  private static final int ENOUGH = 500;

  private final Path dir;
  private final Program program;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Random random;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
  private final AtomicInteger unknown = new AtomicInteger();
  private final AtomicInteger[] next = new AtomicInteger[PUBLISHERS];
  private final Reader resuming = new Reader("resuming", true);
  private final Reader careless = new Reader("careless", false);
  private volatile Process hub;
  private volatile String url;
  private volatile boolean over;

  /**
   * @param environment the hub's settings, its store above all
   * @param seed of the moments of the kills
   */
  KillTrial(Path dir, Map<String, String> environment, long seed) {
    this.dir = dir;
    this.program = new Program(dir, environment);
    this.random = new Random(seed);
    for (int i = 0; i < PUBLISHERS; i++) {
      next[i] = new AtomicInteger();
    }
  }

  /** Kills the hub so many times, then compares. */
  void run(int kills) throws Exception {
    startHub();
    post("PUT", "/create?channel_id=" + CHANNEL, "");
    for (Reader reader : List.of(resuming, careless)) {
      post("POST", "/subscribe?channel_id=" + CHANNEL + "&listener_id=" + reader.name, "");
      start(reader);
    }
    for (int kill = 0; kill < kills; kill++) {
      List<Thread> publishers = new ArrayList<>();
      int before = acknowledged.size();
      for (int i = 0; i < PUBLISHERS; i++) {
        int publisher = i;
        publishers.add(start(() -> publish(publisher)));
      }
      Awaitility.await()
          .pollInterval(Duration.ofMillis(2))
          .atMost(PATIENCE)
          .until(() -> acknowledged.size() > before + ENOUGH);
      TimeUnit.MILLISECONDS.sleep(random.nextInt(300)); // any moment will do
      hub.destroyForcibly().waitFor();
      for (Thread publisher : publishers) {
        publisher.join();
      }
      startHub();
    }
    Awaitility.await()
        .alias("all " + acknowledged.size() + " acknowledged messages arrive; " + hubLog())
        .atMost(PATIENCE)
        .until(() -> resuming.has(acknowledged.keySet()) && careless.has(acknowledged.keySet()));
    close(); // nobody reads on while it is compared
    check();
  }

  /** What was done and seen, for people. */
  String summary() {
    return acknowledged.size()
        + " messages acknowledged, "
        + unknown
        + " of unknown outcome, "
        + (resuming.events.size() - acknowledged.size())
        + " of these delivered; "
        + careless.repeats
        + " repeats to the reader without Last-Event-ID";
  }

  private void check() {
    for (Reader reader : List.of(resuming, careless)) {
      assertThat(reader.problems).as(reader.name).isEmpty();
      acknowledged.forEach(
          (text, id) -> assertThat(reader.events.get(text)).as("id of %s", text).isEqualTo(id));
    }
    assertThat(resuming.repeats).as("repeats").isZero();
    Map<String, Integer> latest = new HashMap<>();
    for (String text : resuming.events.keySet()) {
      String[] parts = text.split("-");
      int number = Integer.parseInt(parts[1]);
      Integer before = latest.put(parts[0], number);
      assertThat(before == null || before < number).as("%s after %s", text, before).isTrue();
    }
  }

  private void startHub() throws IOException {
    Path log = dir.resolve("hub.log");
    hub =
        program.start(
            builder -> builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())),
            "serve",
            "--http-port",
            "0");
    String line = Program.line(Program.output(hub));
    assertThat(line).as(() -> "ready line; " + hubLog()).isNotNull();
    Matcher ready = READY.matcher(line);
    assertThat(ready.matches()).as(line).isTrue();
    url = ready.group(1);
  }

  private String hubLog() {
    try {
      String log = Files.readString(dir.resolve("hub.log"));
      return log.substring(Math.max(0, log.length() - 4000));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private Thread start(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    return thread;
  }

  private void post(String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("content-type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
  }

  /** Publishes until the hub is gone. */
  private void publish(int publisher) {
    String to = url;
    HttpClient own = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    while (true) {
      List<String> texts = new ArrayList<>();
      JsonArray batch = new JsonArray();
      for (int i = 0; i < BATCH; i++) {
        String text = publisher + "-" + next[publisher].incrementAndGet();
        texts.add(text);
        batch.add(new JsonObject().put("c", CHANNEL).put("t", "m").put("p", text));
      }
      try {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create(to + "/publish"))
                .timeout(PATIENCE)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(batch.encode()))
                .build();
        JsonArray outcomes = new JsonArray(own.send(request, BodyHandlers.ofString()).body());
        for (int i = 0; i < BATCH; i++) {
          String id = outcomes.getJsonObject(i).getString("id");
          if (id == null) {
            unknown.incrementAndGet();
          } else {
            acknowledged.put(texts.get(i), id);
          }
        }
      } catch (IOException | RuntimeException e) {
        unknown.addAndGet(BATCH);
        return;
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    Process last = hub;
    if (last != null) {
      last.destroyForcibly().waitFor();
    }
    for (Thread thread : threads) {
      thread.interrupt();
      thread.join(PATIENCE.toMillis());
    }
  }

  /** A listener whose stream is opened again whenever it ends. */
  private final class Reader implements Runnable {

    private final String name;
    private final boolean resumes;

    /** Texts with their ids, in the order of their first arrival. */
    private final Map<String, String> events = new LinkedHashMap<>();

    private final Set<String> problems = new HashSet<>();
    private int repeats;
    private String lastId;

    Reader(String name, boolean resumes) {
      this.name = name;
      this.resumes = resumes;
    }

    synchronized boolean has(Set<String> texts) {
      return events.keySet().containsAll(texts) || !problems.isEmpty();
    }

    @Override
    public void run() {
      HttpClient own = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
      while (!over) {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(URI.create(url + "/stream/" + CHANNEL + "/" + name));
        if (resumes && lastId != null) {
          request.header("Last-Event-ID", lastId);
        }
        try (InputStream body = own.send(request.build(), BodyHandlers.ofInputStream()).body()) {
          read(new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8)));
        } catch (IOException e) {
          // The hub is gone; its successor has another port.
          Thread.onSpinWait();
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    private void read(BufferedReader lines) throws IOException {
      String type = "message";
      String id = null;
      String data = null;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event: ")) {
          type = line.substring(7);
        } else if (line.startsWith("id: ")) {
          id = line.substring(4);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        } else if (line.isEmpty() && data != null) {
          take(type, id, data);
          data = null;
        }
      }
    }

    private synchronized void take(String type, String id, String data) {
      if (!type.equals("m")) {
        problems.add("unexpected " + type + " " + data + " after " + lastId);
        return;
      }
      if (resumes && lastId != null) {
        Position before = Position.parse(lastId);
        Position now = Position.parse(id);
        if (!before.epoch().equals(now.epoch()) || before.sequence() >= now.sequence()) {
          problems.add(id + " after " + lastId);
        }
      }
      lastId = id;
      String known = events.putIfAbsent(data, id);
      if (known != null) {
        repeats++;
        if (!known.equals(id)) {
          problems.add(data + " came as " + known + " and as " + id);
        }
      }
    }
  }
}
