package io.eric.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.options.EdgeOptions;
import io.eric.options.SocketOptions;
import io.eric.testing.RequiresCommand;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real Python client that calls as the reference's does. */
@RequiresCommand("python3")
@Timeout(120)
class PythonClientTest {

  private SocketHub hub;

  @BeforeEach
  void start() throws Exception {
    hub = new SocketHub(new SocketOptions().setEdge(new EdgeOptions().setHeartbeat(50)));
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  @Test
  void everyCallOfTheReferenceIsAnswered() throws Exception {
    String channel = call("{\"v\": \"c\"}");
    assertThat(channel).hasSize(36);
    String listener = call("{\"v\": \"r\", \"c\": \"%s\"}".formatted(channel));
    assertThat(listener).hasSize(36);
    assertThat(call("{\"v\": \"b\", \"c\": \"%s\", \"t\": \"x\", \"p\": 1}".formatted(channel)))
        .isEqualTo("ack");
    assertThat(
            call(
                "{\"v\": \"d\", \"c\": \"%s\", \"r\": \"%s\", \"t\": \"x\", \"p\": {}}"
                    .formatted(channel, listener)))
        .isEqualTo("ack");
    assertThat(call("{\"v\": \"rl\", \"c\": \"%s\", \"r\": \"%s\"}".formatted(channel, listener)))
        .isEqualTo("ack");
    assertThat(call("{\"v\": \"rc\", \"c\": \"%s\"}".formatted(channel))).isEqualTo("ack");
    assertThat(call("{\"v\": \"rc\", \"c\": \"%s\"}".formatted(channel)))
        .isEqualTo("InvalidChannelException('No channel with id " + channel + "')");
  }

  @Test
  void aStreamIsReadLineByLineAcrossProbes() throws Exception {
    hub.withListener();
    Process python =
        PythonClient.start(hub.path, "stream", "{\"v\": \"l\", \"c\": \"ch\", \"r\": \"me\"}", "3");
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(python.getInputStream(), UTF_8))) {
      publish("\"\u00e9\"");
      assertThat(lines.readLine())
          .contains("{\"event\": \"t\", \"retry\": 5, \"data\": \"\\u00e9\"");
      await().until(() -> hub.call("{\"v\":\"ls\",\"c\":\"ch\"}").contains("live"));
      publish("2");
      assertThat(lines.readLine()).contains("\"data\": 2,");
      hub.call("{\"v\":\"rc\",\"c\":\"ch\"}");
      assertThat(lines.readLine()).contains("_eric_channel_closed");
      assertThat(python.waitFor(30, SECONDS)).isTrue();
      assertThat(python.exitValue()).isZero();
    }
  }

  @Test
  void threeHundredCallsAndFiftyStreamsAtOnceLoseNothingAndLeakNothing() throws Exception {
    hub.withListener();
    hub.call("{\"v\":\"rl\",\"c\":\"ch\",\"r\":\"me\"}");
    long before = descriptors();
    Process python = PythonClient.start(hub.path, "storm", "ch", "300", "50");
    String report = new String(python.getInputStream().readAllBytes(), UTF_8);
    assertThat(report).isEqualTo("300 50 same order complete\n");
    assertThat(python.waitFor()).isZero();
    await().atMost(30, SECONDS).until(() -> hub.connections() == 0 && descriptors() <= before);
  }

  private String call(String json) throws Exception {
    Process python = PythonClient.start(hub.path, "call", json);
    String answer = new String(python.getInputStream().readAllBytes(), UTF_8);
    assertThat(python.waitFor()).isZero();
    return answer;
  }

  private void publish(String payload) throws Exception {
    assertThat(hub.call("{\"v\":\"b\",\"c\":\"ch\",\"t\":\"t\",\"p\":" + payload + "}"))
        .isEqualTo("ack");
  }

  private static long descriptors() throws Exception {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }
}
