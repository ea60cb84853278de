package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.Channel;
import io.eric.InvalidMessageFormatException;
import io.eric.ListenerStatus;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.log.ChannelDefinition;
import io.eric.log.file.FileStore;
import io.eric.options.EricOptions;
import io.eric.options.FileStoreOptions;
import io.eric.options.OverflowPolicy;
import io.eric.options.PredefinedChannel;
import io.eric.options.RetentionOptions;
import io.eric.options.StoreOptions;
import io.eric.testing.Hub;
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
    Hub.await(vertx.close());
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
    deployment = Hub.await(vertx.deployVerticle(hub));
  }

  private void restart(EricOptions options) throws Exception {
    Hub.await(vertx.undeploy(deployment));
    start(options);
  }

  private Map<String, ListenerStatus.State> states(String channel) throws Exception {
    return Hub.await(hub.channel(channel).getConnections()).stream()
        .collect(
            java.util.stream.Collectors.toMap(
                ListenerStatus::listener,
                ListenerStatus::state,
                (a, b) -> a,
                java.util.LinkedHashMap::new));
  }

  @Test
  void channelsComeBackInTheirOrderWithTheirOptions() throws Exception {
    start(options());
    for (String id : List.of("zebra", "gone", "ape", "mouse")) {
      Hub.await(
          hub.channels().create(id, new JsonObject().put("overflow", "reject").put("retry", 77)));
    }
    Hub.await(hub.channels().rm("gone"));

    restart(options());

    assertThat(hub.channels().getAllIds()).containsExactly("zebra", "ape", "mouse");
    Hub.await(hub.channels().create("gone", null));
    restart(options());
    assertThat(hub.channels().getAllIds()).containsExactly("zebra", "ape", "mouse", "gone");
  }

  @Test
  void listenersComeBackWithTheirStateAndTheirPosition() throws Exception {
    start(options());
    Channel news = Hub.await(hub.channels().create("news", null));
    for (String id : List.of("zoe", "stopped", "read", "gone", "ann")) {
      Hub.await(news.registerListener(new MessageQueueListener(id)));
    }
    for (String id : List.of("stopped", "read", "ann")) {
      Hub.await(Hub.await(news.getListener(id)).start());
    }
    String first = Hub.await(news.broadcast(Message.of("t", 1)));
    String second = Hub.await(news.dispatch("read", Message.of("t", 2)));
    String third = Hub.await(news.broadcast(Message.of("t", 3)));
    assertThat(Hub.await(news.deliverNext("read")).id()).isEqualTo(first);
    Hub.await(Hub.await(news.getListener("stopped")).stop());
    Hub.await(news.removeListener("gone"));

    restart(options());

    assertThat(states("news"))
        .containsExactly(
            Map.entry("zoe", ListenerStatus.State.STOPPED),
            Map.entry("stopped", ListenerStatus.State.STOPPED),
            Map.entry("read", ListenerStatus.State.DETACHED),
            Map.entry("ann", ListenerStatus.State.DETACHED));
    Channel again = hub.channel("news");
    assertThat(Hub.await(again.deliverNext("read")).id()).isEqualTo(second);
    assertThat(Hub.await(again.deliverNext("read")).id()).isEqualTo(third);
    assertThat(Hub.await(again.deliverNext("ann")).id()).isEqualTo(first);
    assertThat(Hub.await(again.deliverNext("ann")).id()).isEqualTo(third);
    String fourth = Hub.await(again.broadcast(Message.of("t", 4)));
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
    Hub.await(hub.channels().create("other", null));
    Hub.await(hub.channel("news").broadcast(Message.of("t", 1)));

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
    assertThat(Hub.await(hub.channel("news").getConnections()).get(0).lag()).isEqualTo(1);
  }

  @Test
  void aChannelWhoseOptionsAreNoLongerTakenStopsTheStartByName() throws Exception {
    FileStore store = Hub.await(FileStore.open(vertx, options().getStore().getFile()));
    Hub.await(store.open("odd", RetentionOptions.DEFAULT));
    Hub.await(store.define(new ChannelDefinition("odd", new JsonObject().put("colour", "red"))));
    Hub.await(store.close());

    assertThatThrownBy(() -> start(options()))
        .isInstanceOf(InvalidMessageFormatException.class)
        .hasMessageContaining("odd")
        .hasMessageContaining("colour");
    Hub.await(Hub.await(FileStore.open(vertx, options().getStore().getFile())).close());
  }

  @Test
  void theDirectoryOfAnotherHubIsRefusedByName() throws Exception {
    start(options());
    Vertx other = Vertx.vertx(); // one instance has one hub
    try {
      assertThatThrownBy(() -> Hub.await(other.deployVerticle(new EricVerticle(options()))))
          .hasMessageContaining(dir.resolve("store").toString())
          .hasMessageContaining("in use");
    } finally {
      Hub.await(other.close());
    }
  }
}
