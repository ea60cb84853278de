package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hazelcast.config.Config;
import io.eric.Channel;
import io.eric.ListenerStatus;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.EricOptions;
import io.eric.options.StoreOptions;
import io.eric.prefab.SimpleDistributedApplicationListener;
import io.eric.socket.SocketClient;
import io.eric.testing.FreePort;
import io.eric.testing.Hub;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The hub in an application whose Vert.x is clustered already, by a Hazelcast of its own. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EmbeddedClusterTest {

  @TempDir private Path dir;
  private final List<Vertx> started = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (Vertx vertx : started) {
      Hub.await(vertx.close());
    }
  }

  @Test
  void partsOfAnApplicationTalkToEachOtherAcrossNodesByThePlainApi() throws Exception {
    int port = FreePort.find();
    EricVerticle here = hub(clustered(port), "here");
    EricVerticle there = hub(clustered(port), "there");
    Hub.await(here.channels().create("talk", null));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> there.channels().getAllIds().contains("talk"));

    List<Object> heard = new CopyOnWriteArrayList<>();
    SimpleDistributedApplicationListener alice = new SimpleDistributedApplicationListener("alice");
    alice.setAction(
        "hello_ack",
        message -> {
          heard.add(message.payload());
          return List.of();
        });
    SimpleDistributedApplicationListener bob = new SimpleDistributedApplicationListener("bob");
    bob.setAction("hello", message -> List.of(Message.of("hello_ack", "of bob")));
    join(alice, here.channel("talk"));
    join(bob, there.channel("talk"));

    Hub.await(alice.dispatchTo("bob", Message.of("hello", "of alice")));

    await().atMost(Duration.ofSeconds(60)).until(() -> !heard.isEmpty());
    assertThat(heard).containsExactly("of bob");
  }

  @Test
  void aListenerThatWasStoppedStaysStoppedWhateverNodeOwnsTheChannel() throws Exception {
    int port = FreePort.find();
    Vertx ownersVertx = clustered(port);
    EricVerticle owner = hub(ownersVertx, "owner");
    Vertx vertx = clustered(port);
    EricVerticle here = hub(vertx, "here");
    Channel channel = channelOwnedBy(owner, here);
    String address = "eric.channel." + channel.id();

    MessageQueueListener stoppedHere = running("stoppedHere", channel);
    MessageQueueListener stoppedThere = running("stoppedThere", channel);
    MessageQueueListener startedHere = new Observer("startedHere");
    Hub.await(channel.registerListener(startedHere));
    for (String consumer : List.of("consumer", "stoppedConsumer")) {
      Hub.await(channel.registerListener(new MessageQueueListener(consumer)));
      vertx
          .eventBus()
          .localConsumer("eric.listener." + channel.id() + '/' + consumer)
          .handler(message -> message.reply(null));
      Hub.await(
          vertx.eventBus().request(address, new JsonObject().put("v", "l").put("r", consumer)));
    }

    Hub.await(stoppedHere.stop());
    Hub.await(startedHere.start());
    for (String each : List.of("stoppedThere", "stoppedConsumer")) {
      Hub.await(
          ownersVertx.eventBus().request(address, new JsonObject().put("v", "s").put("r", each)));
    }
    started.remove(ownersVertx);
    Hub.await(ownersVertx.close());

    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(
            () ->
                here.channels().isOpen(channel.id())
                    && state(here, channel.id()).get("consumer") == ListenerStatus.State.LIVE);
    assertThat(state(here, channel.id()))
        .containsEntry("stoppedHere", ListenerStatus.State.STOPPED)
        .containsEntry("stoppedThere", ListenerStatus.State.STOPPED)
        .containsEntry("stoppedConsumer", ListenerStatus.State.STOPPED)
        .containsEntry("startedHere", ListenerStatus.State.DETACHED);
    assertThat(stoppedThere.id()).isEqualTo("stoppedThere");
  }

  @Test
  void aChannelIsRemovedThroughTheDoorsOfANodeThatDoesNotOwnIt() throws Exception {
    int port = FreePort.find();
    EricVerticle owner = hub(clustered(port), "owner");
    Vertx vertx = clustered(port);
    EricVerticle here = hub(vertx, "here");

    String byHttp = channelOwnedBy(owner, here).id();
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + here.httpPort() + "/channel/" + byHttp))
                    .DELETE()
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(owner.channels().getAllIds()).doesNotContain(byHttp);

    String bySocket = channelOwnedBy(owner, here).id();
    SocketClient socket = new SocketClient(vertx, dir.resolve("here.sock").toString());
    Hub.await(socket.removeChannel(bySocket));
    assertThat(owner.channels().getAllIds()).doesNotContain(bySocket);
    assertThat(here.channels().getAllIds()).doesNotContain(bySocket);
  }

  @Test
  void aStoreOfItsOwnCannotBeGivenToAHubInACluster() throws Exception {
    Vertx vertx = clustered(FreePort.find());
    EricOptions options = new EricOptions().setHttpEnabled(false).setSocketEnabled(false);

    assertThatThrownBy(
            () -> Hub.await(vertx.deployVerticle(new EricVerticle(options, MemoryStore.create()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "the store io.eric.log.indexed.MemoryStore that was given to EricVerticle")
        .hasMessageContaining("in a clustered Vert.x messages are kept by the nodes");
    EricOptions onDisk = new EricOptions(options);
    onDisk.getStore().setType(StoreOptions.Type.FILE);
    assertThatThrownBy(() -> Hub.await(vertx.deployVerticle(new EricVerticle(onDisk))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("setting \"store.type\" must be memory");
    assertThat(vertx.deploymentIDs()).isEmpty();
  }

  /** A channel of the one node, by a handle of the other. */
  private static Channel channelOwnedBy(EricVerticle owner, EricVerticle user) throws Exception {
    for (int i = 0; ; i++) {
      String id = "c" + i;
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(
              () -> {
                if (!user.channels().getAllIds().contains(id)) {
                  Hub.await(owner.channels().create(id, null));
                }
                return user.channels().getAllIds().contains(id)
                    && owner.channels().isOpen(id) != user.channels().isOpen(id);
              });
      if (owner.channels().isOpen(id)) {
        return user.channel(id);
      }
    }
  }

  private static MessageQueueListener running(String id, Channel channel) throws Exception {
    MessageQueueListener listener = new Observer(id);
    listener.start();
    Hub.await(channel.registerListener(listener));
    return listener;
  }

  private static Map<String, ListenerStatus.State> state(EricVerticle hub, String channel)
      throws Exception {
    return Hub.await(hub.channel(channel).getConnections()).stream()
        .collect(Collectors.toMap(ListenerStatus::listener, ListenerStatus::state));
  }

  /** A listener with an {@code onMessage} of its own. */
  private static final class Observer extends MessageQueueListener {
    private Observer(String id) {
      super(id);
    }

    @Override
    public Future<Void> onMessage(Message message) {
      return Future.succeededFuture();
    }
  }

  private static void join(SimpleDistributedApplicationListener part, Channel channel)
      throws Exception {
    Hub.await(part.joinTo(channel));
    Hub.await(part.start());
    channel.messageStream(part).handler(event -> {});
  }

  /** As an application would have it, which knows nothing of us. */
  private Vertx clustered(int port) throws Exception {
    Config config = new Config();
    config.setClusterName("app" + port);
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config
        .getNetworkConfig()
        .setPort(port)
        .getInterfaces()
        .setEnabled(true)
        .addInterface("127.0.0.1");
    config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
    config
        .getNetworkConfig()
        .getJoin()
        .getTcpIpConfig()
        .setEnabled(true)
        .addMember("127.0.0.1:" + port);
    Vertx vertx =
        Hub.await(
            Vertx.builder()
                .withClusterManager(new HazelcastClusterManager(config))
                .buildClustered());
    started.add(vertx);
    return vertx;
  }

  private EricVerticle hub(Vertx vertx, String name) throws Exception {
    JsonObject config =
        new JsonObject()
            .put("http", new JsonObject().put("port", 0))
            .put("cluster", new JsonObject().put("quorum", 1))
            .put("socket", new JsonObject().put("path", dir.resolve(name + ".sock").toString()));
    EricVerticle hub = new EricVerticle();
    Hub.await(vertx.deployVerticle(hub, new DeploymentOptions().setConfig(config)));
    return hub;
  }
}
