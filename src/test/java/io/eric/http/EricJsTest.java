package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.testing.NodeScripts;
import io.eric.testing.RequiresCommand;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The script for web pages, in a real browser. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class EricJsTest {

  @Test
  @RequiresCommand({"node", "chromium"})
  void eightTabsShareOneConnectionAndGoOnWhenTheTabThatHoldsItCloses() throws Exception {
    try (HttpHub hub = new HttpHub()) {
      hub.channel("news");
      Process node =
          new ProcessBuilder(
                  "node",
                  NodeScripts.needing("playwright-core", "tabs.mjs"),
                  "http://127.0.0.1:" + hub.port(),
                  "news",
                  "8")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try {
        String line = node.inputReader().readLine();
        assertThat(line).isNotNull();
        JsonObject result = new JsonObject(line);
        String all =
            IntStream.rangeClosed(1, 40).mapToObj(i -> "" + i).collect(Collectors.joining(","));
        assertThat(result.getJsonArray("got")).hasSize(7).containsOnly(all);
        assertThat(result.getJsonArray("connected"))
            .isEqualTo(new JsonArray("[1, 0, 0, 0, 0, 0, 0, 0]"));
        assertThat(result.getJsonArray("asked")).containsOnly(200);
        assertThat(result.getString("gap")).isEqualTo("epoch");
      } finally {
        node.destroy(); // the script takes its browser with it
      }
    }
  }

  @Test
  void theScriptAndItsTypesAreServed() {
    try (HttpHub hub = new HttpHub()) {
      var script = hub.request("GET", "/eric.js");
      assertThat(script.headers().firstValue("content-type"))
          .hasValue("text/javascript; charset=utf-8");
      assertThat(script.body()).contains("export function connect");
      assertThat(hub.request("GET", "/eric.d.ts").body()).contains("interface EricStream");
    }
  }
}
