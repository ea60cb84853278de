package io.eric.socket;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.options.EdgeOptions;
import io.eric.options.SocketOptions;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams on the socket, byte for byte. */
@Timeout(60)
class SocketStreamContractTest {

  private static final String LISTEN = "{\"v\":\"l\",\"c\":\"ch\",\"r\":\"me\"}";
  private static final String WATCH = "{\"v\":\"w\",\"c\":\"ch\"}";

  private SocketHub hub;

  @BeforeEach
  void start() throws Exception {
    hub = new SocketHub(new SocketOptions().setEdge(new EdgeOptions().setHeartbeat(50)));
    hub.withListener();
  }

  @AfterEach
  void stop() throws Exception {
    hub.close();
  }

  @Test
  void aLineHoldsEventRetryDataAndIdAsPythonWritesThem() throws Exception {
    publish("{\"b\":[1.50,\"\u00e9\uD83D\uDE00\"],\"a\":null}");
    publish("\"lone \\ud83d\"");
    try (RawClient client = hub.connect()) {
      client.send(LISTEN).halfClose();
      String first = message(client);
      assertThat(first)
          .matches("\\{\"event\": \"t\", \"retry\": 5, \"data\": .*, \"id\": \"[0-9A-Za-z]+-1\"}\n")
          .contains("\"data\": {\"b\": [1.50, \"\\u00e9\\ud83d\\ude00\"], \"a\": null}, \"id\": ");
      assertThat(message(client)).contains("\"data\": \"lone \\ud83d\", \"id\": ");
    }
  }

  @Test
  void anIdleStreamIsProbedWithSpacesWhichJsonIgnores() throws Exception {
    try (RawClient client = hub.connect()) {
      client.send(LISTEN).halfClose();
      assertThat(client.read()).isEqualTo(' ');
      assertThat(client.read()).isEqualTo(' ');
      publish("1");
      String line = client.readLine();
      assertThat(new io.vertx.core.json.JsonObject(line).getInteger("data")).isEqualTo(1);
    }
  }

  @Test
  void halfCloseNeverEndsAStream() throws Exception {
    try (RawClient client = hub.connect()) {
      client.send(LISTEN + "\n");
      publish("1");
      assertThat(message(client)).contains("\"data\": 1,");
      client.halfClose();
      client.read();
      client.read();
      publish("2");
      assertThat(message(client)).contains("\"data\": 2,");
    }
  }

  @Test
  void aFullCloseDetachesTheListenerWhileItsStreamIsIdle() throws Exception {
    try (RawClient client = hub.connect()) {
      client.send(LISTEN).halfClose();
      client.read();
      assertThat(state()).isEqualTo("live");
    }
    await().atMost(30, SECONDS).until(() -> state().equals("detached"));
    await().until(() -> hub.connections() <= 1);
  }

  @Test
  void aWatchCarriesBroadcastsFromNowOnAndGoesWithItsStream() throws Exception {
    publish("0");
    try (RawClient client = hub.connect()) {
      client.send(WATCH).halfClose();
      client.read();
      hub.call("{\"v\":\"d\",\"c\":\"ch\",\"r\":\"me\",\"t\":\"t\",\"p\":1}");
      publish("2");
      assertThat(message(client)).contains("\"data\": 2,");
    }
    await().until(() -> hub.connections() <= 1);
    assertThat(hub.call("{\"v\":\"ls\",\"c\":\"ch\"}")).containsOnlyOnce("\"listener\"");
  }

  @Test
  void aStreamResumesAfterAPosition() throws Exception {
    publish("1");
    publish("2");
    String id;
    try (RawClient client = hub.connect()) {
      client.send(LISTEN).halfClose();
      String first = message(client);
      id = new io.vertx.core.json.JsonObject(first).getString("id");
    }
    try (RawClient client = hub.connect()) {
      client.send(LISTEN.replace("}", ",\"after\":\"" + id + "\"}")).halfClose();
      assertThat(message(client)).contains("\"data\": 2,");
    }
  }

  @Test
  void aWatchStartsNowOrAfterAPosition() throws Exception {
    publish("1");
    String id;
    try (RawClient client = hub.connect()) {
      client.send(WATCH + "\n");
      client.read(); // a probe: the watch has begun
      publish("2");
      String first = message(client);
      assertThat(first).contains("\"data\": 2,");
      id = new io.vertx.core.json.JsonObject(first).getString("id");
    }
    publish("3");
    try (RawClient client = hub.connect()) {
      client.send(WATCH.replace("}", ",\"after\":\"" + id + "\"}")).halfClose();
      assertThat(message(client)).contains("\"data\": 3,");
    }
  }

  @Test
  void removingTheChannelEndsTheStreamWithAnEvent() throws Exception {
    try (RawClient client = hub.connect()) {
      client.send(LISTEN).halfClose();
      client.read();
      assertThat(hub.call("{\"v\":\"rc\",\"c\":\"ch\"}")).isEqualTo("ack");
      assertThat(client.readToEnd().strip())
          .startsWith("{\"event\": \"_eric_channel_closed\", ")
          .doesNotContain("\n");
    }
  }

  @Test
  void stoppingOrRemovingTheListenerEndsTheStream() throws Exception {
    try (RawClient client = hub.connect()) {
      client.send(LISTEN).halfClose();
      client.read();
      assertThat(hub.call("{\"v\":\"s\",\"c\":\"ch\",\"r\":\"me\"}")).isEqualTo("ack");
      assertThat(client.readToEnd()).isBlank();
    }
    try (RawClient client = hub.connect()) {
      client.send(LISTEN).halfClose();
      client.read();
      assertThat(hub.call("{\"v\":\"rl\",\"c\":\"ch\",\"r\":\"me\"}")).isEqualTo("ack");
      assertThat(client.readToEnd()).isBlank();
    }
  }

  @Test
  void aSecondStreamTakesTheListenerOver() throws Exception {
    try (RawClient first = hub.connect();
        RawClient second = hub.connect()) {
      first.send(LISTEN).halfClose();
      first.read();
      second.send(LISTEN).halfClose();
      assertThat(first.readToEnd().strip())
          .startsWith("{\"event\": \"_eric_taken_over\", \"retry\": 60000, ");
      publish("1");
      assertThat(message(second)).contains("\"data\": 1,");
    }
  }

  @Test
  void undeployingEndsTheStreams() throws Exception {
    try (RawClient client = hub.connect()) {
      client.send(LISTEN).halfClose();
      client.read();
      SocketHub.await(hub.server.shutdown());
      assertThat(client.readToEnd()).isBlank();
    }
  }

  @Test
  void drainingSaysGoodbyeAndTurnsNewClientsAway() throws Exception {
    try (RawClient client = hub.connect()) {
      client.send(LISTEN).halfClose();
      client.read();
      SocketHub.await(hub.server.drain(0));
      assertThat(client.readToEnd().strip())
          .startsWith("{\"event\": \"_eric_goodbye\", \"retry\": ");
      assertThat(hub.call("{\"v\":\"ping\"}"))
          .isEqualTo("Unavailable('the server is shutting down')");
    }
  }

  private void publish(String payload) throws IOException {
    assertThat(hub.call("{\"v\":\"b\",\"c\":\"ch\",\"t\":\"t\",\"p\":" + payload + "}"))
        .isEqualTo("ack");
  }

  private String state() throws IOException {
    return hub.call("{\"v\":\"ls\",\"c\":\"ch\"}").replaceAll(".*\"state\": \"([a-z ]+)\".*", "$1");
  }

  /** The next line, without the probes before it. */
  private static String message(RawClient client) throws IOException {
    return client.readLine().stripLeading();
  }
}
