package io.eric.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.eric.Payload;
import io.eric.internal.client.AddressRouter;
import io.eric.internal.client.PublishAttempts;
import io.eric.internal.protocol.Command;
import io.eric.options.BridgeOptions;
import io.eric.options.CorsOptions;
import io.eric.options.HttpOptions;
import io.eric.testing.BridgeSocket;
import io.eric.testing.Consumer;
import io.eric.testing.NodeScripts;
import io.eric.testing.RequiresCommand;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** The event bus for browsers and Node. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class BridgeTest {

  @Test
  @RequiresCommand("node")
  void nodeRegistersReceivesAcknowledgesAndPublishes() throws Exception {
    try (HttpHub hub = new HttpHub()) {
      hub.channel("news");
      hub.listener("news", "java");
      Consumer java = new Consumer(hub.vertx, "news", "java", true);
      hub.command(new Command.Listen("news", "java", null, 16));
      Process node =
          new ProcessBuilder(
                  "node",
                  NodeScripts.needing("@vertx/eventbus-bridge-client.js", "bridge.mjs"),
                  "http://127.0.0.1:" + hub.port(),
                  "news",
                  "js",
                  "30")
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader out = node.inputReader()) {
        assertThat(out.readLine()).isEqualTo("ready");
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
          hub.broadcast("news", "n", new JsonArray().add(i));
          lines.add(out.readLine());
        }
        assertThat(lines).hasSize(30).startsWith("[0]").endsWith("[29]");
        assertThat(out.readLine()).isEqualTo("refused access_denied");
        assertThat(java.data(31).get(30)).isEqualTo(new JsonObject().put("got", 30));
        assertThat(hub.lag("news", "js")).isLessThanOrEqualTo(1); // its own answer at most
      } finally {
        node.destroyForcibly();
      }
    }
  }

  @Test
  void aSocketOutlivesTheDeadlinesOfRequestsAndOnlyPermittedAddressesPass() throws Exception {
    try (HttpHub hub = new HttpHub(shortDeadlines())) {
      hub.command(new Command.CreateChannel("news", null));
      BridgeSocket socket = socket(hub, null);
      socket.send("register", "eric.listener.news/desk", null);
      socket.send("send", "eric.channel.news", new JsonObject().put("v", "r").put("r", "desk"));
      assertThat(socket.next().getJsonObject("body").getString("result")).isEqualTo("desk");
      socket.send("send", "eric.channel.news", new JsonObject().put("v", "l").put("r", "desk"));
      assertThat(socket.next().getJsonObject("body").getString("result")).isEqualTo("ack");
      // Longer than a connection may idle.
      hub.vertx.timer(1500).toCompletionStage().toCompletableFuture().get();
      socket.send("ping", null, null);
      hub.command(new Command.Publish("news", null, "t", Payload.of("still here"), null, null));
      assertThat(socket.next().getJsonObject("body").getString("data")).isEqualTo("still here");

      for (String address :
          List.of("eric.node.x", "eric.edge.x", "eric.listener.news/desk", "other")) {
        socket.send("send", address, new JsonObject());
        assertThat(socket.next().getString("body")).as(address).isEqualTo("access_denied");
      }
      for (String address : List.of("eric.channel.news", "eric.channels", "eric.hook.x", "other")) {
        socket.send("register", address, null);
        assertThat(socket.next().getString("body")).as(address).isEqualTo("access_denied");
      }
      socket.send("register", "eric.listener.news/" + "x".repeat(60), null);
      assertThat(socket.next().getString("body")).isEqualTo("max_address_length_reached");
      for (int i = 0; i < 3; i++) {
        socket.send("register", "eric.listener.news/l" + i, null);
      }
      assertThat(socket.next().getString("body")).isEqualTo("max_handlers_reached");
    }
  }

  @Test
  void aClientCannotSayWhatOnlyPartsOfTheHubSayToEachOther() throws Exception {
    try (HttpHub hub = new HttpHub()) {
      hub.vertx
          .eventBus()
          .<JsonObject>consumer(
              "eric.channel.x",
              message ->
                  message.reply(
                      message
                          .body()
                          .put("node", message.headers().get(AddressRouter.NODE))
                          .put("left", message.headers().get(PublishAttempts.LEFT_MS))));
      BridgeSocket socket = socket(hub, null);
      JsonObject listen = new JsonObject().put("v", "l").put("r", "desk");
      socket.send(
          "send",
          "eric.channel.x",
          listen.copy().put("renewed", true),
          new JsonObject().put("Eric-Node", "other").put("eric-left-ms", "999999999"));
      assertThat(socket.next().getJsonObject("body"))
          .isEqualTo(listen.copy().putNull("node").putNull("left"));
    }
  }

  @Test
  void aPageOfAnotherOriginDoesNotGetIn() {
    try (HttpHub hub = new HttpHub()) {
      assertThat(refusal(hub, "https://evil.example").getStatus()).isEqualTo(403);
      socket(hub, "http://127.0.0.1:" + hub.port());
    }
    CorsOptions cors = new CorsOptions().setOrigins(List.of("https://page.example"));
    try (HttpHub hub = new HttpHub(new HttpOptions().setCors(cors))) {
      socket(hub, "https://page.example");
      assertThat(refusal(hub, "https://evil.example").getStatus()).isEqualTo(403);
    }
  }

  @Test
  void aPageByAForeignNameDoesNotGetIn() {
    try (HttpHub hub = new HttpHub()) {
      String own = "http://evil.example:" + hub.port();
      assertThat(refusal(hub, own, "evil.example:" + hub.port()).getStatus()).isEqualTo(421);
      socket(hub, "http://a.localhost", "a.localhost");
      assertThat(refusal(hub, "x://127.0.0.1:" + hub.port()).getStatus()).isEqualTo(403);
    }
  }

  @Test
  void onlyTheWebSocketsPathsAreServed() {
    try (HttpHub hub = new HttpHub()) {
      assertThat(hub.request("GET", "/eventbus/info").statusCode()).isEqualTo(200);
      for (String path :
          List.of(
              "",
              "/",
              "/iframe.html",
              "/iframe-1.6.1.html",
              "/x/../iframe.html",
              "/%69frame.html",
              "/0/s/xhr",
              "/0/s/xhr_send",
              "/0/s/xhr_streaming",
              "/0/s/eventsource",
              "/0/s/htmlfile",
              "/0/s/jsonp",
              "/0/s/jsonp_send",
              "/chunking_test",
              "/websocket/x",
              "/0/s/t/websocket")) {
        for (String method : List.of("GET", "POST", "OPTIONS")) {
          assertThat(hub.request(method, "/eventbus" + path).statusCode())
              .as("%s %s", method, path)
              .isEqualTo(404);
        }
      }
    }
  }

  @Test
  void whateverAClientSendsIsASignOfLifeAndWhoIsSilentIsClosed() throws Exception {
    assertThat(new BridgeOptions().getPingTimeout()).isGreaterThan(60_000);
    BridgeOptions bridge = new BridgeOptions().setPingTimeout(1_000);
    try (HttpHub hub = new HttpHub(new HttpOptions().setBridge(bridge))) {
      BridgeSocket busy = socket(hub, null);
      BridgeSocket ponging = socket(hub, null);
      BridgeSocket silent = socket(hub, null);
      long since = System.nanoTime();
      while (silent.frames.isEmpty() || System.nanoTime() - since < 3_500_000_000L) {
        busy.send("send", "eric.channels", new JsonObject().put("v", "ping"));
        assertThat(busy.next().getJsonObject("body").getString("result")).isEqualTo("pong");
        ponging.socket.writePong(io.vertx.core.buffer.Buffer.buffer("here"));
        assertThat(System.nanoTime() - since).isLessThan(60_000_000_000L);
      }
      assertThat(silent.next().getString("type")).isEqualTo("closed");
      assertThat(ponging.frames).isEmpty();
      assertThat(ponging.socket.isClosed()).isFalse();
    }
  }

  @Test
  void aMessageThatIsTooLongEndsTheSocketWithAReason() throws Exception {
    try (HttpHub hub = new HttpHub(new HttpOptions().setMaxBody(1_000))) {
      int limit = 3 * 1_000 + 65_536;
      BridgeSocket whole = socket(hub, null);
      whole.socket.writeFrame(WebSocketFrame.textFrame(" ".repeat(limit), true));
      assertThat(whole.next().getString("body")).isEqualTo("invalid_json"); // it was read
      whole.socket.writeFrame(WebSocketFrame.textFrame("x".repeat(4_000_000), true));
      BridgeSocket pieces = socket(hub, null);
      String piece = "x".repeat(30_000);
      pieces.socket.writeFrame(WebSocketFrame.textFrame(piece, false));
      pieces.socket.writeFrame(
          WebSocketFrame.continuationFrame(io.vertx.core.buffer.Buffer.buffer(piece), false));
      pieces.socket.writeFrame(
          WebSocketFrame.continuationFrame(io.vertx.core.buffer.Buffer.buffer(piece), true));
      for (BridgeSocket socket : List.of(whole, pieces)) {
        assertThat(socket.next().getString("type")).isEqualTo("closed");
        assertThat(socket.socket.closeStatusCode()).isEqualTo((short) 1009);
        assertThat(socket.socket.closeReason())
            .isEqualTo("a message has at most " + limit + " bytes");
      }
    }
  }

  @Test
  void whatIsNoHandshakeIsARequestAndFillsNoLog() {
    Logger all = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    try (HttpHub hub = new HttpHub(new HttpOptions().setIdleTimeout(1_000));
        RawClient client = hub.connect()) {
      all.addAppender(lines);
      client.get("/eventbus/info", "Upgrade: x").get("/eventbus/info", "Upgrade: x");
      for (int i = 0; i < 2; i++) {
        RawClient.Head head = client.head();
        assertThat(head.status()).isEqualTo("HTTP/1.1 200 OK");
        client.body(head);
      }
      client.get("/eventbus/info", UPGRADE, "Connection: Upgrade");
      RawClient.Head info = client.head();
      assertThat(info.status()).isEqualTo("HTTP/1.1 200 OK");
      client.body(info);
      List<RawClient> others = new ArrayList<>();
      try {
        for (String[] broken :
            new String[][] {
              {UPGRADE},
              {UPGRADE, "Connection: Upgrade"},
              {UPGRADE, "Connection: Upgrade", "Origin: http://localhost"}, // before the RFC
              {UPGRADE, "Connection: Upgrade", KEY, "Origin: http://localhost"},
              {UPGRADE, "Connection: keep-alive", "Connection: Upgrade", VERSION, KEY},
              {UPGRADE, "Connection: xupgrade", VERSION, KEY},
              {"Upgrade: xwebsocket", "Connection: Upgrade", VERSION, KEY},
              {UPGRADE, "Connection: Upgrade", VERSION},
              {UPGRADE, "Connection: Upgrade", KEY, "Sec-WebSocket-Version: 12"},
            }) {
          for (String path : List.of("/eventbus/websocket", "/eventbus/a/b/websocket")) {
            RawClient other = hub.connect();
            others.add(other);
            other.get(path, broken);
            assertThat(other.head().status()).as(String.join("; ", broken)).contains(" 4");
          }
        }
        // They are idle now, and are closed when they have been for long.
        others.forEach(RawClient::toEnd);
      } finally {
        others.forEach(RawClient::close);
      }
      assertThat(client.isClosedByServer()).isTrue();
      assertThat(lines.list)
          .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
          .isEmpty();
    } finally {
      all.detachAppender(lines);
    }
  }

  private static final String UPGRADE = "Upgrade: websocket";
  private static final String VERSION = "Sec-WebSocket-Version: 13";
  private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

  @Test
  void theBridgeCanBeSwitchedOff() {
    BridgeOptions off = new BridgeOptions().setEnabled(false);
    try (HttpHub hub = new HttpHub(new HttpOptions().setBridge(off))) {
      assertThat(hub.request("GET", "/eventbus/info").statusCode()).isEqualTo(404);
    }
  }

  private static HttpOptions shortDeadlines() {
    return new HttpOptions()
        .setRequestTimeout(5000)
        .setIdleTimeout(1000)
        .setBridge(new BridgeOptions().setMaxHandlersPerSocket(3).setMaxAddressLength(50));
  }

  private static UpgradeRejectedException refusal(HttpHub hub, String origin) {
    return refusal(hub, origin, "127.0.0.1:" + hub.port());
  }

  private static UpgradeRejectedException refusal(HttpHub hub, String origin, String host) {
    try {
      socket(hub, origin, host);
    } catch (UpgradeRejectedException e) {
      return e;
    }
    throw new AssertionError("not refused");
  }

  private static BridgeSocket socket(HttpHub hub, @Nullable String origin) {
    return socket(hub, origin, "127.0.0.1:" + hub.port());
  }

  private static BridgeSocket socket(HttpHub hub, @Nullable String origin, String host) {
    return new BridgeSocket(hub.vertx, hub.port(), origin, host);
  }
}
