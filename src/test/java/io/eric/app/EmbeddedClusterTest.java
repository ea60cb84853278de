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
    List<EricVerticle> hubs = hubs(clustered(port), clustered(port));
    EricVerticle here = hubs.get(0);
    EricVerticle there = hubs.get(1);
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
    List<Vertx> all = List.of(clustered(port), clustered(port), clustered(port));
    List<EricVerticle> hubs = hubs(all.toArray(Vertx[]::new));
    int owning = create(hubs, "c");
    int other = (owning + 1) % hubs.size();
    Vertx ownersVertx = all.get(owning);
    EricVerticle owner = hubs.get(owning);
    Vertx vertx = all.get(other);
    EricVerticle here = hubs.get(other);
    Channel channel = here.channel("c");
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
                hubs.stream().anyMatch(each -> each != owner && each.channels().isOpen("c"))
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
    List<Vertx> all = List.of(clustered(port), clustered(port));
    List<EricVerticle> hubs = hubs(all.toArray(Vertx[]::new));

    String byHttp = "byHttp";
    int owning = create(hubs, byHttp);
    EricVerticle owner = hubs.get(owning);
    EricVerticle here = hubs.get(1 - owning);
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

    String bySocket = "bySocket";
    int other = 1 - create(hubs, bySocket);
    SocketClient socket =
        new SocketClient(all.get(other), dir.resolve("hub" + other + ".sock").toString());
    Hub.await(socket.removeChannel(bySocket));
    assertThat(hubs.get(1 - other).channels().getAllIds()).doesNotContain(bySocket);
    await().until(() -> !hubs.get(other).channels().getAllIds().contains(bySocket));
  }

  @Test
  void aNodeThatIsNotToldWhereItKeepsMessagesDoesNotStart() throws Exception {
    Vertx vertx = clustered(FreePort.find());
    EricOptions options = new EricOptions().setHttpEnabled(false).setSocketEnabled(false);

    assertThatThrownBy(() -> Hub.await(vertx.deployVerticle(new EricVerticle(options))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("setting \"cluster.directory\"");
    options.getCluster().setDirectory(dir.resolve("cluster").toString());
    assertThatThrownBy(() -> Hub.await(vertx.deployVerticle(new EricVerticle(options))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("setting \"cluster.members\"");
    assertThat(vertx.deploymentIDs()).isEmpty();
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
        .hasMessageContaining("in a clustered Vert.x the nodes keep messages together");
    EricOptions onDisk = new EricOptions(options);
    onDisk.getStore().setType(StoreOptions.Type.FILE);
    assertThatThrownBy(() -> Hub.await(vertx.deployVerticle(new EricVerticle(onDisk))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("setting \"store.type\" must be memory");
    assertThat(vertx.deploymentIDs()).isEmpty();
  }

  /** Creates a channel that all nodes know then; returns the place of its owner. */
  private static int create(List<EricVerticle> hubs, String id) throws Exception {
    Hub.await(hubs.get(0).channels().create(id, null));
    await().until(() -> hubs.stream().allMatch(each -> each.channels().getAllIds().contains(id)));
    for (int i = 0; i < hubs.size(); i++) {
      if (hubs.get(i).channels().isOpen(id)) {
        return i;
      }
    }
    throw new AssertionError("channel " + id + " is open nowhere");
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

  /** The nodes of one cluster, which its first start needs together. */
  private List<EricVerticle> hubs(Vertx... all) throws Exception {
    List<EricVerticle> hubs = new ArrayList<>();
    List<Future<String>> deployed = new ArrayList<>();
    JsonObject cluster =
        new JsonObject()
            .put("size", all.length)
            .put("directory", dir.resolve("cluster").toString())
            .put("rebalanceDelay", 0);
    for (int i = 0; i < all.length; i++) {
      JsonObject config =
          new JsonObject()
              .put("http", new JsonObject().put("port", 0))
              .put("cluster", cluster)
              .put(
                  "socket",
                  new JsonObject().put("path", dir.resolve("hub" + i + ".sock").toString()));
      EricVerticle hub = new EricVerticle();
      hubs.add(hub);
      deployed.add(all[i].deployVerticle(hub, new DeploymentOptions().setConfig(config)));
    }
    Hub.await(Future.all(deployed));
    return hubs;
  }
}
