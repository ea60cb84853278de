package io.eric.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsClassesTest {

  @ParameterizedTest
  @ValueSource(
      classes = {
        BridgeOptions.class,
        ChannelCeilings.class,
        ClusterOptions.class,
        CorsOptions.class,
        DataProcessingChannelOptions.class,
        EdgeOptions.class,
        EricOptions.class,
        FileStoreOptions.class,
        HttpOptions.class,
        JsOptions.class,
        LogsOptions.class,
        MetricsOptions.class,
        RedisStoreOptions.class,
        SSEChannelOptions.class,
        ServerOptions.class,
        ShutdownOptions.class,
        SocketOptions.class,
        StoreOptions.class
      })
  void everyOptionsClassIsReadFromJsonWrittenToJsonAndCopied(Class<?> type) throws Exception {
    Object options = type.getConstructor().newInstance();
    JsonObject json = json(options);

    assertThat(json(type.getConstructor(JsonObject.class).newInstance(new JsonObject())))
        .isEqualTo(json);
    assertThat(json(type.getConstructor(JsonObject.class).newInstance(json))).isEqualTo(json);
    assertThat(json(type.getConstructor(type).newInstance(options))).isEqualTo(json);
  }

  private static JsonObject json(Object options) throws Exception {
    return (JsonObject) options.getClass().getMethod("toJson").invoke(options);
  }

  @Test
  void aCopyIsIndependent() {
    HttpOptions original = new HttpOptions().setPort(1);
    HttpOptions copy = new HttpOptions(original);
    copy.setPort(2).getEdge().setHeartbeat(3);

    assertThat(original.getPort()).isEqualTo(1);
    assertThat(original.getEdge().getHeartbeat()).isEqualTo(15_000);
    assertThat(copy.getPort()).isEqualTo(2);
  }

  @Test
  void aCopyKnowsWhetherMetricsWereAskedFor() {
    EricOptions byDefault = new EricOptions();
    EricOptions asked = new EricOptions().setMetrics(new MetricsOptions().setEnabled(true));

    assertThat(new EricOptions(byDefault).getMetrics().isAsked()).isFalse();
    assertThat(new EricOptions(asked).getMetrics().isAsked()).isTrue();
    assertThat(new MetricsOptions(new JsonObject().put("enabled", true)).isAsked()).isTrue();
    assertThat(new MetricsOptions(new JsonObject().put("jvm", false)).isAsked()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"retention", "publishTimeouts"})
  void aSetterWithoutASettingIsNoSetting(String name) {
    JsonObject json = new JsonObject().put(name, new JsonObject());

    for (Runnable reading :
        List.<Runnable>of(
            () -> new SSEChannelOptions(json),
            () -> new HttpOptions(json),
            () -> new SocketOptions(json))) {
      assertThatThrownBy(reading::run)
          .isInstanceOf(UnknownSettingException.class)
          .hasMessageStartingWith("unknown setting \"" + name + "\"; allowed here: ");
    }
  }

  @Test
  void timeoutsThatDoNotGoTogetherAreRefusedHoweverTheyAreOrdered() {
    JsonObject timeouts = new JsonObject().put("attemptTimeout", 9_000);

    assertThatThrownBy(() -> new HttpOptions(timeouts))
        .hasMessage("publishTimeout is 5000, it must be at least attemptTimeout: 9000");
    assertThat(new HttpOptions(timeouts.put("publishTimeout", 9_000)).publishTimeouts())
        .isEqualTo(new PublishTimeouts(9_000, 9_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "channel.ackTimeout",
        "channel.history.age",
        "channel.keysAge",
        "channel.messageTtl",
        "channel.noHandlerTimeout",
        "channel.waitStall",
        "http.bridge.pingTimeout",
        "http.edge.heartbeat",
        "http.edge.lagTime",
        "http.edge.streamMaxAge",
        "http.edge.writeDeadline",
        "http.idleTimeout",
        "http.publishTimeout",
        "http.requestTimeout",
        "logs.ceilings.age",
        "logs.ceilings.stall",
        "shutdown.drain",
        "shutdown.timeout",
        "socket.commandTimeout",
        "socket.publishTimeout",
        "store.file.fsyncInterval",
        "store.redis.reconnectMax",
        "store.redis.reconnectMin",
        "store.redis.timeout"
      })
  void aTimeIsTenYearsAtMost(String path) {
    assertLongest(path, 10L * 365 * 86_400_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "channel.retry",
        "cluster.heartbeatInterval",
        "cluster.heartbeatTimeout",
        "cluster.mergeInterval",
        "cluster.rebalanceDelay",
        "http.retryFloor"
      })
  void aTimeThatIsAnIntIsAWeekAtMost(String path) {
    assertLongest(path, 7L * 86_400_000);
  }

  private static void assertLongest(String path, long longest) {
    String name = path.substring(path.lastIndexOf('.') + 1);
    assertThatThrownBy(() -> new EricOptions(setting(path, longest + 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name + " is " + (longest + 1) + ", it must be ")
        .hasMessageEndingWith(" " + longest);
    assertThat(new EricOptions(setting(path, longest))).isNotNull();
  }

  private static JsonObject setting(String path, long value) {
    Object nested = value;
    for (String rest = path; !rest.isEmpty(); ) {
      int dot = rest.lastIndexOf('.');
      nested = new JsonObject().put(rest.substring(dot + 1), nested);
      rest = dot < 0 ? "" : rest.substring(0, dot);
    }
    return (JsonObject) nested;
  }

  @Test
  void theIntervalOfProgressIsTenYearsAtMost() {
    assertThatThrownBy(() -> new DataProcessingChannelOptions().setProgressInterval(Long.MAX_VALUE))
        .hasMessage(
            "progressInterval is 9223372036854775807, it must be 0 to " + 10L * 365 * 86_400_000);
  }

  @Test
  void theCommandsThatWaitForRedisLeaveRoomForThoseOfTheHub() {
    assertThatThrownBy(() -> new RedisStoreOptions().setMaxPending(Integer.MAX_VALUE))
        .hasMessage("maxPending is 2147483647, it must be 1 to 1000000000");
  }

  @Test
  void aListWithNullIsRefusedByName() {
    JsonArray withNull = new JsonArray().addNull();

    assertThatThrownBy(() -> new HttpOptions(new JsonObject().put("hosts", withNull)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("setting \"hosts\"");
    assertThatThrownBy(() -> new ClusterOptions(new JsonObject().put("members", withNull)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("setting \"members\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "size | 4 | size is 4, it must be 0, 1, 2, 3 or 5",
        "size | -1 | size is -1, it must be 0, 1, 2, 3 or 5",
        "groups | 0 | groups is 0, it must be 1 to 64",
        "groups | 65 | groups is 65, it must be 1 to 64",
        "raftPort | 65535 | raftPort is 65535, it must be 1 to 65534",
        "electionTimeout | 99 | electionTimeout is 99, it must be 100 to 60000",
        "electionTimeout | 60001 | electionTimeout is 60001, it must be 100 to 60000"
      })
  void theRangesOfAClusterAreNamed(String setting, int value, String complaint) {
    assertThatThrownBy(() -> new ClusterOptions(new JsonObject().put(setting, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(complaint);
  }

  @Test
  void aClusterHasOneTwoThreeOrFiveMembers() {
    for (int size : List.of(0, 1, 2, 3, 5)) {
      List<String> members = IntStream.range(0, size).mapToObj(i -> "h" + i).toList();
      assertThat(new ClusterOptions().setMembers(members).getMembers()).isEqualTo(members);
    }
    assertThatThrownBy(() -> new ClusterOptions().setMembers(List.of("a", "b", "c", "d")))
        .hasMessage("members is [a, b, c, d], it must be empty or a list of 1, 2, 3 or 5 nodes");
  }

  @Test
  void aClustersDirectoryAndFsyncAreNamed() {
    assertThatThrownBy(() -> new ClusterOptions().setDirectory(" "))
        .hasMessage("directory must not be blank");
    assertThatThrownBy(() -> new ClusterOptions(new JsonObject().put("fsync", "never")))
        .hasMessage("setting \"fsync\": \"never\" is none of always, interval");
  }

  @ParameterizedTest
  @CsvSource({
    "0, port is 0, it must be at least 1",
    "65536, port is 65536, it must be at most 65535"
  })
  void aSetterAndTheJsonHaveTheSameRange(int port, String first, String second) {
    String complaint = first + ", " + second;

    assertThatThrownBy(() -> new ClusterOptions().setPort(port)).hasMessage(complaint);
    assertThatThrownBy(() -> new ClusterOptions(new JsonObject().put("port", port)))
        .hasMessage(complaint);
  }
}
