package io.eric.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.options.PredefinedVerticle.Isolation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EricOptionsTest {

  @Test
  void withoutSettingsBothDoorsAreOpenOnThisMachineOnly() {
    EricOptions options = new EricOptions(new JsonObject());

    assertThat(options.isHttpEnabled()).isTrue();
    assertThat(options.isSocketEnabled()).isTrue();
    assertThat(options.getHttp().getHost()).isEqualTo("127.0.0.1");
    assertThat(options.getChannels()).isEmpty();
  }

  @Test
  void settingsSurviveBeingWrittenAndRead() {
    JsonObject json =
        new JsonObject(
            """
            {
              "http": {"enabled": false, "port": 0},
              "socket": {"enabled": false, "path": "/tmp/other.sock"},
              "channel": {"overflow": "wait", "limit": {"bytes": 1000}},
              "channels": {"news": {"listeners": ["a", "b"], "retry": 7}, "empty": {}},
              "verticles": {"chat": {"verticle": "js:chat.mjs", "isolation": "worker",
                "config": {"room": "lobby"}}},
              "server": {"eventLoops": 3},
              "shutdown": {"drain": 0, "timeout": 1}
            }
            """);

    EricOptions options = new EricOptions(json);

    assertThat(options.isHttpEnabled()).isFalse();
    assertThat(options.getHttp().getPort()).isZero();
    assertThat(options.isSocketEnabled()).isFalse();
    assertThat(options.getSocket().getPath()).isEqualTo("/tmp/other.sock");
    assertThat(options.getChannel().getOverflow()).isEqualTo(OverflowPolicy.WAIT);
    assertThat(options.getChannel().retention().limitBytes()).isEqualTo(1000);
    assertThat(options.getChannels()).containsOnlyKeys("news", "empty");
    assertThat(options.getChannels().get("news").listeners()).containsExactly("a", "b");
    assertThat(options.getChannels().get("news").options())
        .isEqualTo(new JsonObject().put("retry", 7));
    assertThat(options.getVerticles().get("chat").config())
        .isEqualTo(new JsonObject().put("room", "lobby"));
    assertThat(options.getShutdown().getDrain()).isZero();
    assertThat(new EricOptions(options).toJson()).isEqualTo(options.toJson());
  }

  /** Every setting that there is, misspelt and ill-typed. */
  @TestFactory
  Stream<DynamicTest> everyBadKeyIsNamedByItsPath() {
    return SettingPaths.defaults().keySet().stream()
        .filter(path -> path.indexOf('.') > 0)
        .map(
            path ->
                DynamicTest.dynamicTest(
                    path,
                    () -> {
                      assertRefused(path + "x", 1, "unknown setting \"" + path + "x\"");
                      assertRefused(
                          path, new JsonArray().add(new JsonArray()), '"' + path, "setting \"");
                    }));
  }

  @ParameterizedTest
  @CsvSource({
    "http.port, 65536",
    "http.port, -1",
    "http.instances, 0",
    "http.edge.heartbeat, -1",
    "socket.edge.lagTime, 0",
    "http.maxStreamsPerClient, -1",
    "http.maxConnectionsPerSecond, -1",
    "http.maxInFlightBytesPerConnection, 0",
    "http.attemptTimeout, 0",
    "socket.publishTimeout, 1",
    "socket.maxDepth, 1001",
    "logs.maxBytes, -1",
    "channel.publishStall, 2000",
    "channels.news.publishStall, 2000",
    "channel.limit.bytes, 0",
    "channel.history.age, -1",
    "channel.streamDelay, -1",
    "channel.retry, -1",
    "channels.news.limit.bytes, 0",
    "verticles.chat.instances, 0",
    "js.busyLimit, 99",
    "js.busyLimit, -1",
    "shutdown.drain, -1",
    "shutdown.timeout, 0"
  })
  void aValueOutOfRangeIsNamedByItsPath(String path, int value) {
    assertRefused(path, value, path + " is " + value);
  }

  @Test
  void sectionsThatAreNoObjectsAreRefused() {
    for (String section :
        List.of(
            "http",
            "socket",
            "channel",
            "channels",
            "verticles",
            "js",
            "store",
            "server",
            "shutdown")) {
      assertRefused(section, "text", "setting \"" + section + "\"", "object", "string");
      assertRefused(section, new JsonArray(), "setting \"" + section + "\"", "object", "array");
      assertRefused(section, null, "setting \"" + section + "\"", "object");
    }
    assertRefused("channels.news", 1, "setting \"channels.news\"", "object");
    assertRefused("verticles.chat", 1, "setting \"verticles.chat\"", "object");
    assertRefused("verticles.chat.config", 1, "setting \"verticles.chat.config\"", "object");
  }

  @Test
  void aVerticleNeedsANameAndAnIsolationThatExists() {
    assertRefused("verticles.chat.config", new JsonObject(), "verticles.chat.verticle is missing");
    assertRefused(
        "verticles.chat.isolation", "none", "setting \"verticles.chat.isolation\"", "worker");
    assertRefused("verticles.chat.nope", 1, "unknown setting \"verticles.chat.nope\"");
  }

  /** A script that hangs must not take an event loop with it unless somebody wants it there. */
  @Test
  void scriptsRunOnWorkersUnlessTheSettingsSayOtherwise() {
    EricOptions options =
        new EricOptions(
            new JsonObject(
                """
                {"verticles": {
                  "script": {"verticle": "js:chat.mjs"},
                  "quick": {"verticle": "js:chat.mjs", "isolation": "eventLoop"},
                  "class": {"verticle": "some.Verticle"}}}
                """));
    assertThat(options.getVerticles().get("script").isolation()).isEqualTo(Isolation.WORKER);
    assertThat(options.getVerticles().get("quick").isolation()).isEqualTo(Isolation.EVENT_LOOP);
    assertThat(options.getVerticles().get("class").isolation()).isEqualTo(Isolation.EVENT_LOOP);
    assertThat(new PredefinedVerticle("js:x.mjs").isolation()).isEqualTo(Isolation.WORKER);
    assertThat(options.getJs().getBusyLimit()).isEqualTo(10_000);
  }

  @Test
  void aConstantIsWrittenByItsNameAndNotByItsNumber() {
    String policies = "setting \"channel.overflow\": must be one of gap, reject, ";
    assertRefused("channel.overflow", 1, policies);
    assertRefused("channel.overflow", true, policies);
    assertRefused("store.type", 1, "setting \"store.type\": must be one of memory, file, redis");
    assertRefused("store.type", "1", "setting \"store.type\": \"1\" is none of memory, file, ");
    assertRefused("store.type", "", "setting \"store.type\": \"\" is none of memory, file, ");
  }

  @Test
  void aConstantIsNeverNull() {
    assertThatThrownBy(() -> new SSEChannelOptions().setOverflow(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("overflow");
    assertThatThrownBy(() -> new StoreOptions().setType(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("type");
  }

  @Test
  void aPredefinedChannelThatIsMadeByAProgramIsCheckedAsOneFromAFile() {
    assertThatThrownBy(
            () -> new PredefinedChannel(new JsonObject().put("overflw", "wait"), List.of()))
        .isInstanceOf(UnknownSettingException.class)
        .hasMessageContaining("unknown setting \"overflw\"");
    assertThatThrownBy(() -> new PredefinedChannel(new JsonObject().put("id", "x"), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("setting \"id\"");
    assertThatThrownBy(() -> new PredefinedChannel(new JsonObject().put("retry", -1), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("retry is -1");
  }

  @Test
  void unknownSectionsAreRefused() {
    assertRefused("htttp", new JsonObject(), "unknown setting \"htttp\"", "http", "shutdown");
    assertRefused("store.fil", 1, "unknown setting \"store.fil\"; allowed here: file, redis, type");
    assertRefused("socket.nope", 1, "unknown setting \"socket.nope\"", "enabled, ", "path");
    assertRefused(
        "http.edge.nope", 1, "unknown setting \"http.edge.nope\"; allowed here: batchBytes");
    assertRefused("channels.news.listners", 1, "allowed here: ", "listeners");
    assertRefused("verticles.chat.confg", 1, "allowed here: config, instances, ");
  }

  @Test
  void idsThatNoChannelOrListenerCanHaveAreRefused() {
    JsonObject badChannel = new JsonObject().put("no spaces", new JsonObject());
    assertThatThrownBy(() -> new EricOptions(new JsonObject().put("channels", badChannel)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("channels")
        .hasMessageContaining("no spaces");
    assertRefused(
        "channels.news.listeners",
        new JsonArray().add("a/b"),
        "setting \"channels.news.listeners\"",
        "a/b");
  }

  @Test
  void channelsCannotShareAnId() {
    assertRefused("channel.id", "x", "setting \"channel.id\"");
    assertRefused("channels.news.id", "x", "setting \"channels.news.id\"");
  }

  @Test
  void theFileThatComesWithTheProgramHoldsTheDefaults() throws Exception {
    JsonObject file = new JsonObject(Files.readString(Path.of("conf/eric.json")));

    assertThat(new EricOptions(file).toJson()).isEqualTo(new EricOptions().toJson());
    JsonObject written = new JsonObject();
    SettingPaths.defaults()
        .forEach(
            (path, value) -> {
              if (value != null) {
                SettingPaths.put(written, path, value);
              }
            });
    assertThat(file).isEqualTo(written);
  }

  private static void assertRefused(String path, Object value, String... named) {
    JsonObject json = new JsonObject();
    SettingPaths.put(json, path, value);
    assertThatThrownBy(() -> new EricOptions(json))
        .as("%s = %s", path, value)
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .contains(named);
  }
}
