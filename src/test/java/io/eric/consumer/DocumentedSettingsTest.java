package io.eric.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryYamlConfig;
import io.eric.options.EricOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The settings that the documents show are read. */
class DocumentedSettingsTest {

  @Test
  void whatIsShownAsJsonIsAccepted() throws Exception {
    List<EricOptions> shown =
        blocks("json").map(block -> new EricOptions(new JsonObject(block))).toList();
    assertThat(shown)
        .extracting(options -> options.getStore().getType().name())
        .contains("FILE", "REDIS");
    assertThat(shown).anyMatch(options -> options.getCluster().getMembers().size() == 3);
  }

  @Test
  void whatIsShownForHazelcastIsAccepted() throws Exception {
    List<Config> shown =
        blocks("yaml").map(block -> (Config) new InMemoryYamlConfig(block)).toList();
    assertThat(shown)
        .allMatch(config -> !config.getNetworkConfig().getJoin().isAutoDetectionEnabled())
        .anyMatch(config -> config.getNetworkConfig().getJoin().getMulticastConfig().isEnabled())
        .anyMatch(config -> config.getNetworkConfig().getJoin().getKubernetesConfig().isEnabled());
  }

  private static Stream<String> blocks(String language) throws Exception {
    try (Stream<Path> documents = Files.list(Path.of("docs"))) {
      List<String> names =
          Stream.concat(Stream.of(Path.of("README.md")), documents)
              .map(Path::toString)
              .filter(name -> name.endsWith(".md"))
              .toList();
      Stream.Builder<String> blocks = Stream.builder();
      for (String name : names) {
        Document.read(name).blocks(language).forEach(blocks);
      }
      return blocks.build();
    }
  }
}
