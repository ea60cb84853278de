package io.eric.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketOptionsTest {

  @Test
  void whatIsAbsentKeepsItsDefault() {
    assertThat(new SocketOptions(new JsonObject()).toJson())
        .isEqualTo(
            new JsonObject()
                .put("path", "eric.sock")
                .put("mode", "0600")
                .put("maxConnections", 1024)
                .put("maxStreams", 0)
                .put("maxCommand", 1048576)
                .put("maxDepth", 128)
                .put("commandTimeout", 10000)
                .put("maxInFlight", 1024)
                .put("maxInFlightBytes", 4194304)
                .put("attemptTimeout", 2000)
                .put("publishTimeout", 5000)
                .put("edge", new io.eric.options.EdgeOptions().toJson()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"paht\": \"x\"} | paht",
        "{\"path\": \" \"} | path",
        "{\"mode\": \"rw\"} | mode",
        "{\"mode\": \"0999\"} | mode",
        "{\"maxConnections\": 0} | maxConnections",
        "{\"maxCommand\": \"1\"} | maxCommand",
        "{\"commandTimeout\": 0} | commandTimeout",
        "{\"maxInFlight\": 0} | maxInFlight",
        "{\"maxInFlightBytes\": 0} | maxInFlightBytes",
        "{\"edge\": {\"heartbeat\": -1}} | edge.heartbeat is -1",
        "{\"edge\": {\"x\": 1}} | x",
      })
  void whatIsWrongIsRefusedByName(String json, String name) {
    assertThatThrownBy(() -> new SocketOptions(new JsonObject(json)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @ParameterizedTest
  @CsvSource({"0600, rw-------", "600, rw-------", "0666, rw-rw-rw-", "0751, rwxr-x--x"})
  void theModeIsOctal(String mode, String permissions) {
    assertThat(PosixFilePermissions.toString(new SocketOptions().setMode(mode).permissions()))
        .isEqualTo(permissions);
  }
}
