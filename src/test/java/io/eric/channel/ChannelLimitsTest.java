package io.eric.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.InvalidChannelException;
import io.eric.InvalidMessageFormatException;
import io.eric.UnavailableException;
import io.eric.log.MessageStore;
import io.eric.log.file.FileStore;
import io.eric.log.indexed.MemoryStore;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.options.FileStoreOptions;
import io.eric.options.LogsOptions;
import io.eric.options.SSEChannelOptions;
import io.eric.testing.Hub;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many channels and listeners clients may create, and how large a channel may be. */
class ChannelLimitsTest {

  private static final String BEYOND = "300000000000";

  private Vertx vertx;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void stop() {
    Hub.await(vertx.close());
  }

  private ChannelContainer hub(LogsOptions logs) {
    return hub(new SSEChannelOptions(), logs);
  }

  private ChannelContainer hub(SSEChannelOptions defaults, LogsOptions logs) {
    ChannelContainer channels = new ChannelContainer(vertx, MemoryStore.create(), defaults, logs);
    Hub.await(channels.start());
    return channels;
  }

  private long read(CounterName counter) {
    return Meters.of(vertx).get(counter);
  }

  @Test
  void oneChannelTooManyIsRefusedUntilAnotherIsRemoved() {
    ChannelContainer channels = hub(new LogsOptions().setMaxChannels(2));
    Hub.await(channels.create("a", null));
    Hub.await(channels.create("b", null));
    assertThat(Hub.failure(channels.create("c", null)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("2 (logs.maxChannels)");
    assertThat(Hub.failure(channels.create("b", null)))
        .as("that it exists is said first")
        .isInstanceOf(InvalidChannelException.class);
    assertThat(Hub.failure(channels.register(new SSEChannel(new SSEChannelOptions()))))
        .isInstanceOf(UnavailableException.class);
    assertThat(channels.getAllIds()).containsExactly("a", "b");
    assertThat(read(CounterName.CHANNELS_REFUSED_LIMIT)).isEqualTo(2);
    Hub.await(channels.rm("a"));
    Hub.await(channels.create("c", null));
    assertThat(channels.getAllIds()).containsExactly("b", "c");
  }

  @Test
  void whatAStoreRemembersIsOpenedWhateverItsNumber(@TempDir Path directory) {
    FileStoreOptions files = new FileStoreOptions().setDirectory(directory.toString());
    MessageStore store = Hub.await(FileStore.open(vertx, files));
    ChannelContainer before =
        new ChannelContainer(vertx, store, new SSEChannelOptions(), new LogsOptions());
    Hub.await(before.start());
    Hub.await(before.create("a", null));
    Hub.await(before.create("b", null));
    Hub.await(before.close());
    ChannelContainer after =
        new ChannelContainer(
            vertx, store, new SSEChannelOptions(), new LogsOptions().setMaxChannels(1));
    Hub.await(after.restore(Map.of()));
    Hub.await(after.start());
    assertThat(after.getAllIds()).containsExactly("a", "b");
    assertThat(Hub.failure(after.create("c", null))).isInstanceOf(UnavailableException.class);
    Hub.await(after.close());
    Hub.await(store.close());
  }

  @Test
  void listenersOfAllChannelsTogetherAreBounded() {
    ChannelContainer channels = hub(new LogsOptions().setMaxListeners(2));
    Hub.await(channels.create("a", null));
    Hub.await(channels.create("b", null));
    Hub.await(channels.get("a").addListener());
    String second = Hub.await(channels.get("b").addListener()).id();
    assertThat(Hub.failure(channels.get("a").addListener()))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("the hub has as many listeners");
    assertThat(read(CounterName.LISTENERS_REFUSED)).isEqualTo(1);
    Hub.await(channels.get("b").removeListener(second));
    Hub.await(channels.get("a").addListener());
    Hub.await(channels.rm("a")); // with two of them
    Hub.await(channels.get("b").addListener());
    Hub.await(channels.get("b").addListener());
    assertThat(Hub.failure(channels.get("b").addListener()))
        .isInstanceOf(UnavailableException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "limit.bytes, bytes",
    "limit.messages, messages",
    "history.bytes, bytes",
    "history.messages, messages",
    "history.age, age",
    "messageTtl, age",
    "keysAge, age",
    "ackTimeout, age",
    "inFlightBytes, inFlightBytes",
    "inFlightMessages, inFlightMessages",
    "windowBytes, inFlightBytes",
    "windowMessages, inFlightMessages",
    "maxPayload, payload",
    "maxListeners, listeners",
    "keys, keys",
    "publishStall, stall",
    "waitStall, stall",
    "noHandlerTimeout, stall",
  })
  void anOptionBeyondItsCeilingIsRefusedNamingIt(String option, String ceiling) {
    ChannelContainer channels = hub(new LogsOptions());
    boolean isInt = option.endsWith("essages") || option.startsWith("max") || option.equals("keys");
    long value = isInt ? Integer.MAX_VALUE : Long.parseLong(BEYOND);
    Throwable refused = Hub.failure(channels.create("x", option(option, value)));
    assertThat(refused)
        .isInstanceOf(InvalidMessageFormatException.class)
        .hasMessageStartingWith(option + " is " + value + ", this hub allows at most ")
        .hasMessageEndingWith(" (logs.ceilings." + ceiling + ")");
    assertThat(read(CounterName.CHANNELS_REFUSED_CEILING)).isEqualTo(1);
    assertThat(channels.getAllIds()).isEmpty();
    Hub.await(channels.createConfigured("x", option(option, value))); // the operator's own wish
  }

  private static JsonObject option(String path, long value) {
    int dot = path.indexOf('.');
    return dot < 0
        ? new JsonObject().put(path, value)
        : new JsonObject()
            .put(path.substring(0, dot), new JsonObject().put(path.substring(dot + 1), value));
  }

  @Test
  void aCeilingIsASettingAndTheHubsOwnOptionsAreNeverBeyondIt() {
    SSEChannelOptions own = new SSEChannelOptions().setKeys(500);
    LogsOptions logs = new LogsOptions();
    logs.getCeilings().setKeys(100).setListeners(10);
    ChannelContainer channels = hub(own.setMaxListeners(5), logs);
    Hub.await(channels.create("default", null));
    Hub.await(channels.create("equal", option("keys", 500)));
    Hub.await(channels.create("most", option("maxListeners", 10)));
    assertThat(Hub.failure(channels.create("x", option("keys", 501))))
        .hasMessage("keys is 501, this hub allows at most 500 (logs.ceilings.keys)");
    assertThat(Hub.failure(channels.create("x", option("maxListeners", 11))))
        .hasMessage("maxListeners is 11, this hub allows at most 10 (logs.ceilings.listeners)");
  }
}
