package io.eric.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentSettingsTest {

  @ParameterizedTest
  @CsvSource({
    "http.port, ERIC_HTTP_PORT",
    "http.host, ERIC_HTTP_HOST",
    "socket.path, ERIC_SOCKET_PATH",
    "channel.overflow, ERIC_CHANNEL_OVERFLOW",
    "channel.limit.bytes, ERIC_CHANNEL_LIMIT_BYTES",
    "channel.streamDelay, ERIC_CHANNEL_STREAM_DELAY",
    "http.http2, ERIC_HTTP_HTTP2"
  })
  void aVariableIsThePathInUpperCase(String path, String variable) {
    assertThat(SettingPaths.defaults()).containsKey(path);
    assertThat(SettingPaths.variable(path)).isEqualTo(variable);
  }

  @Test
  void noTwoSettingsShareAVariable() {
    Set<String> variables = new HashSet<>();
    for (String path : SettingPaths.defaults().keySet()) {
      assertThat(variables.add(SettingPaths.variable(path))).as(path).isTrue();
    }
  }

  @Test
  void valuesHaveTheTypeOfTheirSetting() {
    JsonObject settings =
        EnvironmentSettings.read(
            Map.of(
                "ERIC_HTTP_PORT", "9090",
                "ERIC_HTTP_ENABLED", "false",
                "ERIC_HTTP_CORS_ORIGINS", "https://a.example, https://b.example",
                "ERIC_SOCKET_PATH", "/tmp/1",
                "ERIC_CHANNEL_STREAM_DELAY", "0.5",
                "ERIC_CHANNEL_OVERFLOW", "wait",
                "ERIC_CHANNELS", "{\"news\":{\"listeners\":[\"desk\"]}}",
                "PATH", "/bin"));

    EricOptions options = new EricOptions(settings);
    assertThat(options.getHttp().getPort()).isEqualTo(9090);
    assertThat(options.isHttpEnabled()).isFalse();
    assertThat(options.getHttp().getCors().getOrigins())
        .containsExactly("https://a.example", "https://b.example");
    assertThat(options.getSocket().getPath()).isEqualTo("/tmp/1");
    assertThat(options.getChannel().getStreamDelay()).isEqualTo(0.5);
    assertThat(options.getChannels().get("news").listeners()).isEqualTo(List.of("desk"));
  }

  @Test
  void everySettingCanBeSetToItsDefault() {
    SettingPaths.defaults()
        .forEach(
            (path, value) -> {
              if (value != null) {
                Map<String, String> one = Map.of(SettingPaths.variable(path), value.toString());
                assertThat(new EricOptions(EnvironmentSettings.read(one)).toJson())
                    .as(path)
                    .isEqualTo(new EricOptions().toJson());
              }
            });
  }

  @Test
  void aVariableThatIsNoSettingIsRefusedByName() {
    assertRefused("ERIC_HTTP_PROT", "1", "ERIC_HTTP_PROT");
    assertRefused("ERIC_", "1", "ERIC_");
  }

  @Test
  void variablesOfLoggingAndOfTheTestsAreNoSettings() {
    assertThat(EnvironmentSettings.read(Map.of("ERIC_LOG_LEVEL", "DEBUG", "ERIC_REQUIRE_ALL", "1")))
        .isEqualTo(new JsonObject());
  }

  @Test
  void whatAContainerPlatformInjectsForAServiceOfOurNameIsPassedOver() {
    Map<String, String> injected =
        Map.of(
            "ERIC_PORT", "tcp://10.96.0.1:8080",
            "ERIC_SERVICE_HOST", "10.96.0.1",
            "ERIC_SERVICE_PORT", "8080",
            "ERIC_SERVICE_PORT_WEB", "8080",
            "ERIC_PORT_8080_TCP", "tcp://10.96.0.1:8080",
            "ERIC_PORT_8080_TCP_PROTO", "tcp",
            "ERIC_PORT_8080_TCP_PORT", "8080",
            "ERIC_PORT_8080_TCP_ADDR", "10.96.0.1",
            "ERIC_HTTP_PORT", "tcp://10.96.0.2:80",
            "ERIC_HTTP_SERVICE_HOST", "10.96.0.2");
    assertThat(EnvironmentSettings.read(injected)).isEqualTo(new JsonObject());
  }

  @ParameterizedTest
  @CsvSource({
    "ERIC_LOG_LEVEL, FOO, 'TRACE, DEBUG, INFO, WARN, ERROR, OFF'",
    "ERIC_PORT, 8080, did you mean ERIC_CLUSTER_PORT or ERIC_CLUSTER_RAFT_PORT or ERIC_HTTP_PORT",
    "ERIC_HTTP_PROT, 8080, did you mean ERIC_HTTP_PORT",
    "ERIC_STORE_TYPE, disk, '\"disk\" is none of memory, file, redis'",
    "ERIC_SOCKET_PATH, /tmp/\uFFFD, LC_ALL"
  })
  void aRefusalSaysWhatIsAllowed(String variable, String value, String allowed) {
    assertRefused(variable, value, variable, allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "ERIC_HTTP_PORT, many, whole number",
    "ERIC_HTTP_PORT, '', is set but empty: unset it for the default of http.port",
    "ERIC_HTTP_PORT, '', whole number",
    "ERIC_HTTP_ENABLED, '', is set but empty",
    "ERIC_HTTP_HOST, '', is set but empty",
    "ERIC_CHANNELS, '', is set but empty",
    "ERIC_HTTP_PORT, 65536, http.port",
    "ERIC_HTTP_ENABLED, yes, true or false",
    "ERIC_CHANNEL_STREAM_DELAY, soon, number",
    "ERIC_CHANNEL_OVERFLOW, explode, channel.overflow",
    "ERIC_CHANNEL_LIMIT_BYTES, 0, channel.limit.bytes",
    "ERIC_CHANNELS, [], JSON",
    "ERIC_CHANNELS, '{\"news\":{\"colour\":1}}', channels.news.colour"
  })
  void aWrongValueIsRefusedByTheVariablesName(String variable, String value, String complaint) {
    assertRefused(variable, value, variable, complaint);
  }

  private static void assertRefused(String variable, String value, String... named) {
    assertThatThrownBy(() -> EnvironmentSettings.read(Map.of(variable, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .contains(named);
  }
}
