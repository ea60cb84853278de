package io.eric.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.options.ClusterOptions;
import io.eric.options.EricOptions;
import io.eric.options.ShutdownOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {

  @TempDir private Path dir;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = dir.resolve("eric.json");
  }

  @Test
  void theCommandLineWinsOverTheEnvironmentAndItOverTheFileAndItOverTheDefaults() throws Exception {
    Files.writeString(
        file,
        """
        {"http": {"port": 1, "host": "localhost", "maxDepth": 9}, "shutdown": {"drain": 3}}
        """);
    Map<String, String> environment = Map.of("ERIC_HTTP_PORT", "2", "ERIC_HTTP_HOST", "127.0.0.2");
    JsonObject commandLine = new JsonObject().put("http", new JsonObject().put("port", 3));

    EricOptions options = Configuration.load(file, environment, commandLine);

    assertThat(options.getHttp().getPort()).isEqualTo(3);
    assertThat(options.getHttp().getHost()).isEqualTo("127.0.0.2");
    assertThat(options.getHttp().getMaxDepth()).isEqualTo(9);
    assertThat(options.getShutdown().getDrain()).isEqualTo(3);
    assertThat(options.getShutdown().getTimeout()).isEqualTo(new ShutdownOptions().getTimeout());
  }

  @Test
  void nodesThatAreToldNothingAreThreeThatShareADirectory() throws Exception {
    Files.writeString(file, "{\"cluster\": {\"enabled\": true}}");
    ClusterOptions unsaid = Configuration.load(file, Map.of(), new JsonObject()).getCluster();
    assertThat(unsaid.getDirectory()).isEqualTo("eric-cluster");
    assertThat(unsaid.getSize()).isEqualTo(3);

    Map<String, String> environment =
        Map.of("ERIC_CLUSTER_SIZE", "1", "ERIC_CLUSTER_DIRECTORY", "here");
    ClusterOptions said = Configuration.load(file, environment, new JsonObject()).getCluster();
    assertThat(said.getDirectory()).isEqualTo("here");
    assertThat(said.getSize()).isEqualTo(1);
  }

  @Test
  void aFileThatIsNamedMustExist() {
    assertRefused("cannot read");
  }

  @Test
  void aFileThatIsNoJsonObjectIsRefused() throws Exception {
    Files.writeString(file, "[1]");
    assertRefused("not a JSON object");
    Files.writeString(file, "{");
    assertRefused("the file ends before the JSON does");
  }

  @Test
  void aBadSettingIsNamedTogetherWithItsFile() throws Exception {
    Files.writeString(file, "{\"http\": {\"prot\": 1}}");
    assertRefused("http.prot");
  }

  private void assertRefused(String complaint) {
    assertThatThrownBy(() -> Configuration.load(file, Map.of(), new JsonObject()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(complaint);
  }
}
