package io.eric.socket;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.edge.EdgeOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client may not do, or not for long. */
@Timeout(120)
class SocketLimitsTest {

  private static final String PING = "{\"v\":\"ping\"}\n";

  private SocketHub hub;

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  @Test
  void oneConnectionTooManyIsTurnedAwayUntilAnotherGoes() throws Exception {
    hub = new SocketHub(new SocketOptions().setMaxConnections(2));
    try (RawClient first = hub.connect();
        RawClient second = hub.connect()) {
      first.send(PING).readLine();
      second.send(PING).readLine();
      assertThat(hub.call("{\"v\":\"ping\"}"))
          .isEqualTo("Unavailable('all 2 connections are taken')");
      assertThat(first.send(PING).readLine()).isEqualTo("pong\n");
    }
    await().until(() -> hub.call("{\"v\":\"ping\"}").equals("pong"));
  }

  @Test
  void aFloodOfConnectionsBeyondTheLimitIsClosed() throws Exception {
    hub = new SocketHub(new SocketOptions().setMaxConnections(1));
    List<RawClient> flood = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      flood.add(hub.connect());
    }
    await().until(() -> hub.connections() <= 1 + 64);
    for (RawClient client : flood) {
      client.close();
    }
    await().until(() -> hub.call("{\"v\":\"ping\"}").equals("pong"));
  }

  @Test
  void aCommandThatDribblesInIsTimedOut() throws Exception {
    hub = new SocketHub(new SocketOptions().setCommandTimeout(200));
    try (RawClient client = hub.connect()) {
      String rest = PING + "{\"v\":";
      client.send(rest);
      assertThat(client.readLine()).isEqualTo("pong\n");
      assertThat(client.readToEnd())
          .isEqualTo("InvalidMessageFormat('the command was not complete after 200 ms')\n");
    }
    await().until(() -> hub.connections() == 0);
  }

  @Test
  void aConnectionThatSaysNothingIsClosed() throws Exception {
    hub = new SocketHub(new SocketOptions().setCommandTimeout(100));
    try (RawClient client = hub.connect()) {
      assertThat(client.readToEnd()).isEmpty();
    }
  }

  @Test
  void betweenCommandsAConnectionMayRest() throws Exception {
    hub = new SocketHub(new SocketOptions().setCommandTimeout(100));
    try (RawClient client = hub.connect();
        RawClient silent = hub.connect()) {
      assertThat(client.send(PING).readLine()).isEqualTo("pong\n");
      assertThat(silent.readToEnd()).isEmpty(); // longer than the time-out has passed
      assertThat(client.send(PING).readLine()).isEqualTo("pong\n");
    }
  }

  @Test
  void oneThatDoesNotHangUpAfterItsErrorIsHungUp() throws Exception {
    hub = new SocketHub(new SocketOptions().setCommandTimeout(200));
    try (RawClient client = hub.connect()) {
      assertThat(client.send("garbage\n").readToEnd())
          .isEqualTo("InvalidMessageFormat('garbage')\n");
      await().until(() -> hub.connections() == 0);
    }
  }

  @Test
  void aClientThatDoesNotReadItsAnswersIsNotReadEither() throws Exception {
    hub =
        new SocketHub(
            new SocketOptions()
                .setMaxInFlight(16)
                .setEdge(new EdgeOptions().setWriteDeadline(500)));
    try (RawClient client = hub.connect()) {
      String commands = PING.repeat(1_000);
      Thread sender =
          new Thread(
              () -> {
                try {
                  while (true) {
                    client.send(commands);
                  }
                } catch (IOException closedByServer) {
                  // what this test waits for
                }
              });
      sender.start();
      sender.join(60_000);
      assertThat(sender.isAlive()).isFalse();
      await().atMost(30, SECONDS).until(() -> hub.connections() == 0);
    }
    assertThat(hub.call("{\"v\":\"ping\"}")).isEqualTo("pong");
  }

  @Test
  void manyMoreCommandsThanMayBeUnderWayAreAllAnswered() throws Exception {
    hub = new SocketHub(new SocketOptions().setMaxInFlight(3).setMaxInFlightBytes(1_000));
    hub.withListener();
    String publish = "{\"v\":\"b\",\"c\":\"ch\",\"t\":\"x\",\"p\":\"" + "y".repeat(200) + "\"}\n";
    try (RawClient client = hub.connect()) {
      client.send((publish + PING).repeat(200)).halfClose();
      assertThat(client.readToEnd()).isEqualTo("ack\npong\n".repeat(200));
    }
  }

  @Test
  void aSlowStreamDoesNotHoldTheOthersBack() throws Exception {
    hub = new SocketHub();
    hub.withListener();
    hub.call("{\"v\":\"r\",\"c\":\"ch\",\"r\":\"slow\"}");
    String payload = "z".repeat(100_000);
    try (RawClient slow = hub.connect();
        RawClient quick = hub.connect()) {
      slow.send("{\"v\":\"l\",\"c\":\"ch\",\"r\":\"slow\"}").halfClose();
      quick.send("{\"v\":\"l\",\"c\":\"ch\",\"r\":\"me\"}").halfClose();
      for (int i = 0; i < 30; i++) {
        hub.call("{\"v\":\"b\",\"c\":\"ch\",\"t\":\"" + i + "\",\"p\":\"" + payload + "\"}");
        assertThat(quick.readLine()).startsWith("{\"event\": \"" + i + "\", ");
      }
      for (int i = 0; i < 30; i++) {
        assertThat(slow.readLine()).startsWith("{\"event\": \"" + i + "\", ");
      }
    }
  }
}
