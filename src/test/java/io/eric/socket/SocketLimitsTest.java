package io.eric.socket;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.options.EdgeOptions;
import io.eric.options.SocketOptions;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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
  void streamsLeaveRoomForCommands() throws Exception {
    hub = new SocketHub(new SocketOptions().setMaxConnections(32));
    hub.withListener();
    List<RawClient> idle = new ArrayList<>();
    for (int i = 0; i < 120; i++) { // 30 of them become streams, the others are sent away
      RawClient client = hub.connect();
      client.send("{\"v\":\"w\",\"c\":\"ch\"}\n");
      idle.add(client);
    }
    await().until(() -> states() == 30);
    assertThat(hub.call("{\"v\":\"ping\"}")).isEqualTo("pong");
    assertThat(hub.call("{\"v\":\"w\",\"c\":\"ch\"}"))
        .isEqualTo(
            "Unavailable('all 30 streams are taken, other connections are kept for commands')");
    idle.get(0).close();
    await()
        .until(
            () -> {
              RawClient next = hub.connect();
              idle.add(next);
              next.send("{\"v\":\"l\",\"c\":\"ch\",\"r\":\"me\"}\n");
              hub.call("{\"v\":\"b\",\"c\":\"ch\",\"t\":\"x\"}");
              return next.readLine().startsWith("{\"event\": \"x\"");
            });
    for (RawClient client : idle) {
      client.close();
    }
  }

  /** How many streams there are. */
  private long states() throws Exception {
    return hub.sample(io.eric.metrics.GaugeName.LISTENERS_LIVE);
  }

  @Test
  void aConnectionThatHasRestedLongGivesWay() throws Exception {
    hub = new SocketHub(new SocketOptions().setMaxConnections(2).setCommandTimeout(100));
    try (RawClient first = hub.connect();
        RawClient second = hub.connect()) {
      first.send(PING).readLine();
      second.send(PING).readLine();
      await().until(() -> hub.call("{\"v\":\"ping\"}").equals("pong"));
      assertThat(first.readToEnd()).isEmpty(); // the one that has rested longest was closed
      assertThat(second.send(PING).readLine()).isEqualTo("pong\n");
    }
  }

  @Test
  void whoDoesNotReadALongListHasAPartOfItMadeAndOthersAreServed() throws Exception {
    hub = new SocketHub();
    hub.call("{\"v\":\"c\",\"c\":\"ch\"}");
    String padding = "x".repeat(110);
    try (RawClient client = hub.connect()) {
      StringBuilder commands = new StringBuilder();
      for (int i = 10_000; i < 22_800; i++) { // 100 pieces
        commands.append("{\"v\":\"r\",\"c\":\"ch\",\"r\":\"" + padding + i + "\"}\n");
      }
      Thread sender = new Thread(() -> send(client, commands.toString()));
      sender.start();
      assertThat(client.readToEnd().lines().count()).isEqualTo(12_800);
      sender.join();
    }
    AtomicInteger pieces = new AtomicInteger();
    hub.vertx
        .eventBus()
        .addOutboundInterceptor(
            delivery -> {
              if (delivery.message().address().equals("eric.channel.ch")) {
                pieces.incrementAndGet();
              }
              delivery.next();
            });
    try (RawClient deaf = hub.connect();
        RawClient reader = hub.connect()) {
      deaf.send("{\"v\":\"ls\",\"c\":\"ch\"}\n".repeat(500));
      deaf.read(); // the first piece is there
      String list = reader.send("{\"v\":\"ls\",\"c\":\"ch\"}\n" + PING).readLine();
      assertThat(new JsonArray(list)).hasSize(12_800);
      assertThat(reader.readLine()).isEqualTo("pong\n");
      assertThat(pieces.get()).isLessThan(2 * 100 - 20);
    }
  }

  private static void send(RawClient client, String commands) {
    try {
      client.send(commands).halfClose();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
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
          .isEqualTo("InvalidMessageFormat('not JSON: garbage')\n");
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
