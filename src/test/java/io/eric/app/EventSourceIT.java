package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.eric.app.EventReader.Event;
import io.eric.testing.RequiresCommand;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * EventSource as users have it: Chromium's, in a page of another origin, and npm's. Its stream is
 * cut, it comes back with the last id by itself, and nothing is lost or repeated.
 */
@Timeout(180)
class EventSourceIT {

  private static final String CHANNEL = "news";
  private static final String LISTENER = "page";
  private static final String STREAM = "/stream/" + CHANNEL + '/' + LISTENER;

  @TempDir private Path dir;
  private Processes processes;
  private HttpServer pages;
  private volatile EventReader page;

  @BeforeEach
  void start() throws Exception {
    processes = new Processes();
    pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    pages.createContext("/record.html", EventSourceIT::sendPage);
    pages.createContext("/report", this::takeReport);
    pages.start();
  }

  @AfterEach
  void stop() throws Exception {
    EventReader open = page;
    if (open != null) {
      open.process().descendants().forEach(ProcessHandle::destroyForcibly);
    }
    processes.close();
    pages.stop(0);
  }

  private interface Client {
    EventReader open(String url) throws Exception;
  }

  @Test
  @RequiresCommand("chromium")
  void aPageWhoseStreamIsCutAgainAndAgainMissesNothing() throws Exception {
    cutAgainAndAgain(this::chromium);
  }

  @Test
  @RequiresCommand("node")
  void nodeWhoseStreamIsCutAgainAndAgainMissesNothing() throws Exception {
    cutAgainAndAgain(url -> EventReader.node(processes, url));
  }

  @Test
  @RequiresCommand("chromium")
  void aPageComesBackToARestartedHubAndIsToldWhatItCannotKnow() throws Exception {
    restart(this::chromium);
  }

  @Test
  @RequiresCommand("node")
  void nodeComesBackToARestartedHubAndIsToldWhatItCannotKnow() throws Exception {
    restart(url -> EventReader.node(processes, url));
  }

  /** The server ends every stream after a second. */
  private void cutAgainAndAgain(Client client) throws Exception {
    JsonObject http = http().put("edge", new JsonObject().put("streamMaxAge", 1_000));
    try (HubProcess hub = HubProcess.start(dir, settings(http))) {
      EventReader reader = client.open(hub.url(STREAM));
      int published = 0;
      while (reader.of("open").size() < 4) {
        hub.broadcast(CHANNEL, "n", published++);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        assertThat(published).as("messages until it had reconnected thrice").isLessThan(5_000);
      }
      hub.broadcast(CHANNEL, "n", published++);
      reader.awaitNumber(published - 1);

      assertThat(reader.numbers()).isEqualTo(EventReader.numbers(0, published));
      assertThat(reader.of("_eric_gap")).isEmpty();
      assertThat(hub.complaints()).isEmpty();
    }
  }

  /** What was only in memory is gone with the first hub; what the client had, it keeps. */
  private void restart(Client client) throws Exception {
    EventReader reader;
    int port;
    try (HubProcess hub = HubProcess.start(dir, settings(http()))) {
      port = hub.port();
      reader = client.open(hub.url(STREAM));
      reader.awaitEvents("open", 1);
      for (int i = 0; i < 20; i++) {
        hub.broadcast(CHANNEL, "n", i);
      }
      reader.awaitNumber(19);
      hub.signal("TERM");
      assertThat(hub.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(hub.process().exitValue()).isZero();
    }
    try (HubProcess again = HubProcess.start(dir, settings(http().put("port", port)))) {
      reader.awaitEvents("_eric_gap", 1);
      for (int i = 20; i < 40; i++) {
        again.broadcast(CHANNEL, "n", i);
      }
      reader.awaitNumber(39);
      assertThat(again.complaints()).isEmpty();
    }

    assertThat(reader.numbers()).isEqualTo(EventReader.numbers(0, 40));
    List<String> own =
        reader.events().stream().map(Event::type).filter(t -> t.startsWith("_eric_")).toList();
    assertThat(own).containsExactly("_eric_goodbye", "_eric_gap");
    assertThat(new JsonObject(reader.of("_eric_gap").get(0).data()).getString("reason"))
        .isEqualTo("epoch");
  }

  private JsonObject http() {
    return new JsonObject()
        .put("retryFloor", 100)
        .put("cors", new JsonObject().put("origins", new JsonArray().add(origin())));
  }

  private static JsonObject settings(JsonObject http) {
    return new JsonObject()
        .put("http", http)
        .put("shutdown", new JsonObject().put("drain", 100))
        .put(
            "channels",
            new JsonObject()
                .put(CHANNEL, new JsonObject().put("listeners", new JsonArray().add(LISTENER))));
  }

  // ---- the browser

  private String origin() {
    return "http://127.0.0.1:" + pages.getAddress().getPort();
  }

  private EventReader chromium(String url) throws Exception {
    StringBuilder page = new StringBuilder(origin()).append("/record.html?url=");
    page.append(URLEncoder.encode(url, StandardCharsets.UTF_8));
    EventReader.TYPES.forEach(type -> page.append("&type=").append(type));
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "TMPDIR=" + dir, // so that it leaves nothing elsewhere
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--remote-debugging-port=0", // without it, it ends when the page is loaded
                "--user-data-dir=" + dir.resolve("chromium")));
    command.add(page.toString());
    Process process = processes.start(dir.resolve("chromium.log"), command.toArray(String[]::new));
    EventReader reader = new EventReader(process);
    this.page = reader;
    reader.awaitEvents("open", 1);
    return reader;
  }

  private void takeReport(HttpExchange exchange) throws IOException {
    EventReader reader = page;
    String report = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (reader != null) {
      reader.add(Event.of(report));
    }
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  private static void sendPage(HttpExchange exchange) throws IOException {
    try (var page = EventSourceIT.class.getResourceAsStream("/record.html")) {
      byte[] bytes = Objects.requireNonNull(page).readAllBytes();
      exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }
}
