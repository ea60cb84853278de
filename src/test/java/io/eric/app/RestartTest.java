package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.Channel;
import io.eric.Connection;
import io.eric.InvalidMessageFormatException;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.channel.OverflowPolicy;
import io.eric.log.ChannelDefinition;
import io.eric.log.RetentionOptions;
import io.eric.log.file.FileStore;
import io.eric.log.file.FileStoreOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a hub on a durable store still knows when it is started again. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RestartTest {

  @TempDir private Path dir;
  private final Vertx vertx = Vertx.vertx();
  private EricVerticle hub;
  private String deployment;

  @AfterEach
  void close() throws Exception {
    Waiting.forResult(vertx.close());
  }

  private EricOptions options() {
    return new EricOptions()
        .setHttpEnabled(false)
        .setSocketEnabled(false)
        .setStore(
            new StoreOptions()
                .setType(StoreOptions.Type.FILE)
                .setFile(new FileStoreOptions().setDirectory(dir.resolve("store").toString())));
  }

  private void start(EricOptions options) throws Exception {
    hub = new EricVerticle(options);
    deployment = Waiting.forResult(vertx.deployVerticle(hub));
  }

  private void restart(EricOptions options) throws Exception {
    Waiting.forResult(vertx.undeploy(deployment));
    start(options);
  }

  private Map<String, Connection.State> states(String channel) throws Exception {
    return Waiting.forResult(hub.channel(channel).getConnections()).stream()
        .collect(
            java.util.stream.Collectors.toMap(
                Connection::listener,
                Connection::state,
                (a, b) -> a,
                java.util.LinkedHashMap::new));
  }

  @Test
  void channelsComeBackInTheirOrderWithTheirOptions() throws Exception {
    start(options());
    for (String id : List.of("zebra", "gone", "ape", "mouse")) {
      Waiting.forResult(
          hub.channels().create(id, new JsonObject().put("overflow", "reject").put("retry", 77)));
    }
    Waiting.forResult(hub.channels().rm("gone"));

    restart(options());

    assertThat(hub.channels().getAllIds()).containsExactly("zebra", "ape", "mouse");
    Waiting.forResult(hub.channels().create("gone", null));
    restart(options());
    assertThat(hub.channels().getAllIds()).containsExactly("zebra", "ape", "mouse", "gone");
  }

  @Test
  void listenersComeBackWithTheirStateAndTheirPosition() throws Exception {
    start(options());
    Channel news = Waiting.forResult(hub.channels().create("news", null));
    for (String id : List.of("zoe", "stopped", "read", "gone", "ann")) {
      Waiting.forResult(news.registerListener(new MessageQueueListener(id)));
    }
    for (String id : List.of("stopped", "read", "ann")) {
      Waiting.forResult(Waiting.forResult(news.getListener(id)).start());
    }
    String first = Waiting.forResult(news.broadcast(Message.of("t", 1)));
    String second = Waiting.forResult(news.dispatch("read", Message.of("t", 2)));
    String third = Waiting.forResult(news.broadcast(Message.of("t", 3)));
    assertThat(Waiting.forResult(news.deliverNext("read")).id()).isEqualTo(first);
    Waiting.forResult(Waiting.forResult(news.getListener("stopped")).stop());
    Waiting.forResult(news.removeListener("gone"));

    restart(options());

    assertThat(states("news"))
        .containsExactly(
            Map.entry("zoe", Connection.State.STOPPED),
            Map.entry("stopped", Connection.State.STOPPED),
            Map.entry("read", Connection.State.DETACHED),
            Map.entry("ann", Connection.State.DETACHED));
    Channel again = hub.channel("news");
    assertThat(Waiting.forResult(again.deliverNext("read")).id()).isEqualTo(second);
    assertThat(Waiting.forResult(again.deliverNext("read")).id()).isEqualTo(third);
    assertThat(Waiting.forResult(again.deliverNext("ann")).id()).isEqualTo(first);
    assertThat(Waiting.forResult(again.deliverNext("ann")).id()).isEqualTo(third);
    String fourth = Waiting.forResult(again.broadcast(Message.of("t", 4)));
    assertThat(fourth).isEqualTo(third.replaceAll("-3$", "-4"));
  }

  @Test
  void predefinedChannelsAreThereOnceAndTakeTheOptionsOfTheSettings() throws Exception {
    EricOptions options =
        options()
            .setChannels(
                Map.of(
                    "news", new PredefinedChannel(new JsonObject().put("retry", 1), List.of("a"))));
    start(options);
    Waiting.forResult(hub.channels().create("other", null));
    Waiting.forResult(hub.channel("news").broadcast(Message.of("t", 1)));

    EricOptions changed =
        options()
            .setChannels(
                Map.of(
                    "news",
                    new PredefinedChannel(
                        new JsonObject().put("overflow", "reject"), List.of("a", "b"))));
    restart(changed);

    assertThat(hub.channels().getAllIds()).containsExactly("news", "other");
    assertThat(states("news").keySet()).containsExactly("a", "b");
    assertThat(((io.eric.channel.AbstractChannel) hub.channel("news")).options().getOverflow())
        .isEqualTo(OverflowPolicy.REJECT);
    assertThat(Waiting.forResult(hub.channel("news").getConnections()).get(0).lag()).isEqualTo(1);
  }

  @Test
  void aChannelWhoseOptionsAreNoLongerTakenStopsTheStartByName() throws Exception {
    FileStore store = Waiting.forResult(FileStore.open(vertx, options().getStore().getFile()));
    Waiting.forResult(store.open("odd", RetentionOptions.DEFAULT));
    Waiting.forResult(
        store.define(new ChannelDefinition("odd", new JsonObject().put("colour", "red"))));
    Waiting.forResult(store.close());

    assertThatThrownBy(() -> start(options()))
        .isInstanceOf(InvalidMessageFormatException.class)
        .hasMessageContaining("odd")
        .hasMessageContaining("colour");
    Waiting.forResult(
        Waiting.forResult(FileStore.open(vertx, options().getStore().getFile())).close());
  }

  @Test
  void theDirectoryOfAnotherHubIsRefusedByName() throws Exception {
    start(options());
    assertThatThrownBy(() -> Waiting.forResult(vertx.deployVerticle(new EricVerticle(options()))))
        .hasMessageContaining(dir.resolve("store").toString())
        .hasMessageContaining("in use");
  }
}
