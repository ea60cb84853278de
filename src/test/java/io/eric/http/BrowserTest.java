package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.CorsOptions;
import io.eric.options.HttpOptions;
import io.eric.testing.FreePort;
import io.eric.testing.NodeScripts;
import io.eric.testing.RequiresCommand;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages in a real browser can do to the hub, and with it. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class BrowserTest {

  private final List<Process> scripts = new ArrayList<>();

  /** The scripts take their browsers with them. */
  @AfterEach
  void end() throws Exception {
    for (Process script : scripts) {
      script.getOutputStream().close();
      if (!script.waitFor(20, TimeUnit.SECONDS)) {
        script.destroy();
      }
    }
  }

  @Test
  @RequiresCommand({"node", "chromium"})
  void aPageOfAnotherOriginDoesNothing() throws Exception {
    try (HttpHub hub = new HttpHub()) {
      hub.channel("orders");
      hub.listener("orders", "billing");
      hub.dispatch("orders", "billing", "order", 1);

      JsonObject result = run("strangers.mjs", url(hub));

      for (String from : List.of("same-site", "cross-site")) {
        assertThat(result.getJsonObject("from").getJsonObject(from))
            .isEqualTo(
                new JsonObject()
                    .put("stream", "opaque")
                    .put("eventSource", 2)
                    .put("read", "TypeError")
                    .put("/eventbus/websocket", 1006)
                    .put("/eventbus/0/s/websocket", 1006));
        // Whatever reached the hub was refused, but for the link to the page for people.
        JsonArray statuses = result.getJsonObject("statuses").getJsonArray(from);
        assertThat(statuses.stream().map(String.class::cast))
            .contains(
                "403 POST /broadcast",
                "403 POST /dispatch",
                "403 POST /publish",
                "403 POST /subscribe",
                "403 GET /stream/orders/billing",
                "403 GET /watch/orders",
                "200 GET /")
            .allMatch(status -> status.startsWith("403 ") || isOfTheDashboard(status));
      }
      assertThat(result.getJsonArray("titles")).containsOnly("eric-vertx");
      assertThat(result.getJsonArray("rebound")).containsExactly(421, 421, 421, 421, 1006);
      assertThat(result.getInteger("typed")).isEqualTo(403);

      assertThat(hub.request("GET", "/").body()).isEqualTo("{\"orders\":[\"billing\"]}");
      assertThat(hub.lag("orders", "billing")).isEqualTo(1);
      assertThat(hub.state("orders", "billing")).isEqualTo("stopped");
      assertThat(hub.broadcast("orders", "t", null)).endsWith("-2");
      Meters meters = Meters.of(hub.vertx);
      assertThat(meters.get(CounterName.STREAMS_OPENED)).isZero();
      assertThat(meters.get(CounterName.TAKEOVERS)).isZero();
      // Four ways to publish by fetch four times and once more, by beacon, by form: each refused.
      assertThat(meters.get(CounterName.FOREIGN_ORIGINS)).isGreaterThan(2 * 4 * 6);
      assertThat(meters.get(CounterName.FOREIGN_HOSTS)).isGreaterThanOrEqualTo(5);
    }
  }

  private static boolean isOfTheDashboard(String status) {
    return status.equals("200 GET /") || status.endsWith("/favicon.ico");
  }

  @Test
  @RequiresCommand({"node", "chromium"})
  void allowedPagesAndTheHubsOwnDoEverythingAndNoButtonIsDead() throws Exception {
    int port = FreePort.find();
    CorsOptions cors = new CorsOptions().setOrigins(List.of("http://guest.localhost:" + port));
    try (HttpHub hub = new HttpHub(new HttpOptions().setCors(cors))) {
      for (int i = 0; i < 300; i++) {
        hub.channel("c" + i);
      }
      hub.channel("news");

      JsonObject result = run("guests.mjs", url(hub), String.valueOf(port));

      JsonArray everything = new JsonArray().add(200).add(true).add(415).add(200).add("open");
      assertThat(result.getJsonArray("guest")).isEqualTo(everything);
      assertThat(result.getJsonArray("own")).isEqualTo(everything);
      assertThat(result.getBoolean("inView")).isTrue();
      assertThat(result.getJsonObject("removed"))
          .isEqualTo(
              new JsonObject()
                  .put("heading", "Removed: news Close")
                  .put("send", false)
                  .put("close", true)
                  .put("listed", false)
                  .put("closed", true));
      assertThat(result.getString("error")).isEmpty();
    }
  }

  @Test
  @RequiresCommand({"node", "chromium"})
  void longMessagesPassTheBridgeAndTooLongOnesEndItWithAReason() throws Exception {
    try (HttpHub hub = new HttpHub()) {
      hub.channel("smiles");
      JsonObject result = run("emoji.mjs", url(hub), "smiles", String.valueOf(1 << 20));
      assertThat(result.getJsonArray("lengths"))
          .containsExactly(2 * ((540_000 - 2) / 4), 2 * (((1 << 20) - 2) / 4));
      assertThat(result.getJsonArray("closed"))
          .containsExactly(1009, "a message has at most " + (3 * (1 << 20) + 65_536) + " bytes");
      assertThat(Meters.of(hub.vertx).get(CounterName.MESSAGES_TOO_LARGE)).isEqualTo(1);
    }
  }

  /** Also where nothing was said before, so that no event has a position to resume after. */
  @ParameterizedTest
  @ValueSource(ints = {10, 0})
  @RequiresCommand({"node", "chromium"})
  void tabsTakeOverFromOneThatIsSilent(int before) throws Exception {
    HttpOptions options = new HttpOptions();
    options.getEdge().setHeartbeat(500);
    try (HttpHub hub = new HttpHub(options)) {
      hub.channel("news");
      JsonObject result =
          run("silent-leader.mjs", url(hub), "news", "4000", String.valueOf(before));
      String all =
          IntStream.rangeClosed(1, before + 40)
              .mapToObj(String::valueOf)
              .collect(Collectors.joining(","));
      assertThat(result.getJsonArray("got")).hasSize(3).containsOnly(all);
      assertThat(result.getJsonArray("gaps")).containsOnly(0);
      assertThat(result.getJsonArray("states")).containsOnly("open");
      // The first tab's own connection, one of a tab that took over, and few more.
      assertThat(result.getJsonArray("connections").stream().mapToInt(n -> (int) n).sum())
          .isBetween(2, 6);
    }
  }

  private JsonObject run(String script, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("node", NodeScripts.needing("playwright-core", script)));
    command.addAll(List.of(arguments));
    Process node =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    scripts.add(node);
    String line = node.inputReader().readLine();
    assertThat(line).as(script).isNotNull();
    return new JsonObject(line);
  }

  private static String url(HttpHub hub) {
    return "http://127.0.0.1:" + hub.port();
  }
}
