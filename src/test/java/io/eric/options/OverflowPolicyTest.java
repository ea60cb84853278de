package io.eric.options;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.app.cli.CommandHelp;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each place that names the policies names all of them. */
class OverflowPolicyTest {

  private static final List<String> POLICIES =
      Arrays.stream(OverflowPolicy.values())
          .map(each -> new SSEChannelOptions().setOverflow(each).toJson().getString("overflow"))
          .toList();

  @Test
  void theDescriptionOfTheApiHasThem() throws IOException {
    Path openapi = Path.of("src/main/resources/io/eric/http/openapi.json");
    JsonArray named = find(new JsonObject(Buffer.buffer(Files.readAllBytes(openapi))), "overflow");
    assertThat(named.stream().map(String::valueOf)).containsExactlyElementsOf(POLICIES);
  }

  private static JsonArray find(JsonObject json, String property) {
    for (String key : json.fieldNames()) {
      JsonArray found =
          json.getValue(key) instanceof JsonObject inner
              ? key.equals(property) ? inner.getJsonArray("enum") : find(inner, property)
              : new JsonArray();
      if (!found.isEmpty()) {
        return found;
      }
    }
    return new JsonArray();
  }

  @Test
  void theProtocolHasARowForEach() throws IOException {
    assertThat(
            Files.readAllLines(Path.of("docs/PROTOCOL.md")).stream()
                .dropWhile(line -> !line.equals("| `overflow` | at the limit |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.split("`")[1]))
        .containsExactlyElementsOf(POLICIES);
  }

  @Test
  void readmeAndTheCommandLineNameThem() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String help = CommandHelp.of("create");
    for (String policy : POLICIES) {
      assertThat(readme).contains("`" + policy + "`");
      assertThat(help).containsPattern("--overflow[^-]*\\b" + policy + "\\b");
    }
  }
}
