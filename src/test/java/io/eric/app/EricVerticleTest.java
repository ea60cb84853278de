package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.eric.Channel;
import io.eric.EricClient;
import io.eric.ListenerStatus;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.MessageStream;
import io.eric.ReadOptions;
import io.eric.UnavailableException;
import io.eric.internal.client.ChannelDirectory;
import io.eric.log.ChannelDefinition;
import io.eric.log.MessageLog;
import io.eric.log.MessageStore;
import io.eric.log.indexed.MemoryStore;
import io.eric.options.EricOptions;
import io.eric.options.HttpOptions;
import io.eric.options.RetentionOptions;
import io.eric.testing.Hub;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class EricVerticleTest {

  @TempDir private Path dir;
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    Hub.await(vertx.close());
  }

  @Test
  void itIsDeployedByNameWithAConfigInAnybodysApplication() throws Exception {
    Hub.await(
        vertx.deployVerticle(
            "io.eric.app.EricVerticle", new DeploymentOptions().setConfig(config())));

    assertThat(dir.resolve("e.sock")).exists();
    JsonObject answer =
        Hub.await(
                vertx
                    .eventBus()
                    .<JsonObject>request("eric.channels", new JsonObject().put("v", "ls")))
            .body();
    assertThat(answer.getJsonArray("result")).isEqualTo(new JsonArray().add("news"));
  }

  @Test
  void predefinedChannelsHaveTheirListenersAndOptions() throws Exception {
    EricVerticle hub = new EricVerticle(new EricOptions(config()));
    Hub.await(vertx.deployVerticle(hub));

    assertThat(Hub.await(hub.channel("news").getConnections()))
        .extracting(ListenerStatus::listener)
        .containsExactlyInAnyOrder("desk", "archive");
    assertThat(hub.channels().getAllIds()).containsExactly("news");
  }

  @Test
  void undeployingClosesBothDoorsAndLetsAnotherHubStart() throws Exception {
    for (int life = 0; life < 2; life++) {
      EricVerticle hub = new EricVerticle(new EricOptions(config()));
      String id = Hub.await(vertx.deployVerticle(hub));
      connect(hub.httpPort());

      Hub.await(vertx.undeploy(id));

      // The kernel's socket goes with the event loop's next look at its keys, a moment later.
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> connect(hub.httpPort()))
                      .isInstanceOf(ConnectException.class));
      assertThat(dir.resolve("e.sock")).doesNotExist();
    }
  }

  @Test
  void aStartThatFailsHalfWayLeavesNothingBehind() throws Exception {
    try (java.net.ServerSocket taken = new java.net.ServerSocket()) {
      taken.bind(new InetSocketAddress("127.0.0.1", 0));
      JsonObject config = config();
      config.getJsonObject("http").put("port", taken.getLocalPort());

      assertThatThrownBy(
              () -> Hub.await(vertx.deployVerticle(new EricVerticle(new EricOptions(config)))))
          .isInstanceOf(Exception.class);
    }

    assertThat(dir.resolve("e.sock")).doesNotExist();
    assertThat(vertx.deploymentIDs()).isEmpty();
    Hub.await(vertx.deployVerticle(new EricVerticle(new EricOptions(config()))));
  }

  @Test
  void aSecondHubInOneVertxIsRefusedAndTheFirstGoesOn() throws Exception {
    JsonObject silent = new JsonObject().put("http", new JsonObject().put("enabled", false));
    silent.put("socket", new JsonObject().put("enabled", false));
    String name = "io.eric.app.EricVerticle";
    DeploymentOptions options = new DeploymentOptions().setConfig(silent);
    String first = Hub.await(vertx.deployVerticle(name, options));
    Channel news = Hub.await(EricClient.create(vertx).create("news"));

    assertThatThrownBy(() -> Hub.await(vertx.deployVerticle(name, options)))
        .hasStackTraceContaining("a hub runs in this Vert.x instance already");
    assertThat(Hub.await(news.publish(Message.of("greeting", "hello"))).sequence()).isEqualTo(1);

    Hub.await(vertx.undeploy(first));
    assertThatThrownBy(
            () ->
                Hub.await(
                    vertx.deployVerticle(name, new DeploymentOptions(options).setInstances(2))))
        .hasStackTraceContaining("a hub runs in this Vert.x instance already");
    Hub.await(vertx.deployVerticle(name, options));
  }

  /** Opening a store, or only its channels, can take them from the hub that has them. */
  @Test
  void aSecondHubTouchesNothingOfTheFirstOnesStore() throws Exception {
    CountingStore store = new CountingStore();
    EricOptions silent = new EricOptions().setHttpEnabled(false).setSocketEnabled(false);
    Hub.await(vertx.deployVerticle(new EricVerticle(silent, store)));
    Channel news = Hub.await(EricClient.create(vertx).create("news"));
    assertThat(Hub.await(news.publish(Message.of("t", 1))).sequence()).isEqualTo(1);
    int opened = store.opened.get();

    assertThatThrownBy(() -> Hub.await(vertx.deployVerticle(new EricVerticle(silent, store))))
        .hasStackTraceContaining("a hub runs in this Vert.x instance already");

    assertThat(store.opened).hasValue(opened);
    assertThat(store.listed).hasValue(1);
    assertThat(store.closed).hasValue(0);
    assertThat(new ChannelDirectory(vertx).hasChannel("news")).isTrue();
    assertThat(Hub.await(news.publish(Message.of("t", 2))).sequence()).isEqualTo(2);
  }

  @Test
  void aHubThatCannotStartLeavesItsPlaceToTheNext() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      EricOptions impossible =
          new EricOptions()
              .setHttp(new HttpOptions().setPort(taken.getLocalPort()))
              .setSocketEnabled(false);
      assertThatThrownBy(() -> Hub.await(vertx.deployVerticle(new EricVerticle(impossible))))
          .isNotNull();
    }
    EricOptions silent = new EricOptions().setHttpEnabled(false).setSocketEnabled(false);
    Hub.await(vertx.deployVerticle(new EricVerticle(silent)));
  }

  /** A durable store, as far as a hub can see. */
  private static final class CountingStore implements MessageStore {

    private final MessageStore memory = MemoryStore.create();
    private final List<ChannelDefinition> defined = new CopyOnWriteArrayList<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger listed = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();

    @Override
    public Future<MessageLog> open(String channelId, RetentionOptions retention) {
      opened.incrementAndGet();
      return memory.open(channelId, retention);
    }

    @Override
    public Future<List<ChannelDefinition>> definitions() {
      listed.incrementAndGet();
      return Future.succeededFuture(List.copyOf(defined));
    }

    @Override
    public Future<Void> define(ChannelDefinition definition) {
      defined.add(definition);
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
      closed.incrementAndGet();
      return memory.close();
    }
  }

  @Test
  void aClientOfAHubThatDoesNotRunIsToldSo() throws Exception {
    Channel news = EricClient.create(vertx).channel("news");
    for (Supplier<Future<?>> use : uses(news)) {
      assertThatThrownBy(() -> Hub.await(use.get()))
          .isInstanceOf(UnavailableException.class)
          .hasMessage("the hub is not running");
    }
    Hub.await(vertx.close());
    for (Supplier<Future<?>> use : uses(news)) {
      assertThatThrownBy(() -> Hub.await(use.get()))
          .isInstanceOf(UnavailableException.class)
          .hasMessage("this Vert.x is closed");
    }
    MessageStream<Message> stream = news.read(ReadOptions.watcher());
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicInteger ends = new AtomicInteger();
    stream.exceptionHandler(failure::set).endHandler(end -> ends.incrementAndGet());
    stream.handler(message -> {}).pause().resume();
    assertThat(failure.get()).hasMessage("this Vert.x is closed");
    assertThat(ends).hasValue(1);
    assertThatThrownBy(() -> Hub.await(stream.attached())).hasMessage("this Vert.x is closed");
    Hub.await(stream.close());
  }

  private List<Supplier<Future<?>>> uses(Channel channel) {
    EricClient client = EricClient.create(vertx);
    return List.of(
        () -> client.create("news"),
        client::list,
        () -> client.remove("news"),
        () -> channel.publish(Message.of("greeting", "hello")),
        channel::addListener,
        channel::getConnections,
        () -> channel.deliverNext("desk"),
        () -> channel.registerListener(new MessageQueueListener("desk")));
  }

  @Test
  void severalHttpVerticlesNeedAPort() {
    JsonObject config = config();
    config.getJsonObject("http").put("instances", 2).put("port", 0);
    assertThatThrownBy(
            () -> Hub.await(vertx.deployVerticle(new EricVerticle(new EricOptions(config)))))
        .hasStackTraceContaining("http.instances is 2, it must be 1 with http.port 0");
  }

  @Test
  void aFileThatIsNoSocketIsLeftAlone() throws Exception {
    Files.writeString(dir.resolve("e.sock"), "mine");

    assertThatThrownBy(
            () -> Hub.await(vertx.deployVerticle(new EricVerticle(new EricOptions(config())))))
        .isInstanceOf(Exception.class);

    assertThat(dir.resolve("e.sock")).hasContent("mine");
  }

  @Test
  void aChannelOutlivesTheVerticleThatHasCreatedIt() throws Exception {
    EricVerticle hub = new EricVerticle(new EricOptions(config()));
    Hub.await(vertx.deployVerticle(hub));
    String creator =
        Hub.await(vertx.deployVerticle(context -> hub.channels().create("mine", null)));

    Hub.await(vertx.undeploy(creator));

    assertThat(Hub.await(hub.channel("mine").broadcast(Message.of("a", 1)))).isNotBlank();
  }

  @Test
  void doorsThatAreNotEnabledAreNotOpened() throws Exception {
    JsonObject config = config();
    config.getJsonObject("http").put("enabled", false);
    config.getJsonObject("socket").put("enabled", false);
    EricVerticle hub = new EricVerticle(new EricOptions(config));

    Hub.await(vertx.deployVerticle(hub));

    assertThat(hub.httpPort()).isZero();
    assertThat(dir.resolve("e.sock")).doesNotExist();
    assertThat(hub.channels().getAllIds()).containsExactly("news");
  }

  @Test
  void aBadConfigFailsTheDeploymentByName() {
    DeploymentOptions options =
        new DeploymentOptions().setConfig(new JsonObject().put("colour", "red"));
    assertThatThrownBy(() -> Hub.await(vertx.deployVerticle("io.eric.app.EricVerticle", options)))
        .hasMessageContaining("colour");
  }

  private JsonObject config() {
    return new JsonObject()
        .put("http", new JsonObject().put("port", 0))
        .put("socket", new JsonObject().put("path", dir.resolve("e.sock").toString()))
        .put(
            "channels",
            new JsonObject()
                .put(
                    "news",
                    new JsonObject()
                        .put("overflow", "reject")
                        .put("listeners", new JsonArray().add("desk").add("archive"))));
  }

  private static void connect(int port) throws Exception {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
    }
  }
}
