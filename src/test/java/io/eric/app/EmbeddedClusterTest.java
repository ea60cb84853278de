package io.eric.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.config.Config;
import io.eric.Channel;
import io.eric.Message;
import io.eric.channel.SimpleDistributedApplicationListener;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
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
      Waiting.forResult(vertx.close());
    }
  }

  @Test
  void partsOfAnApplicationTalkToEachOtherAcrossNodesByThePlainApi() throws Exception {
    int port = freePort();
    EricVerticle here = hub(clustered(port), "here");
    EricVerticle there = hub(clustered(port), "there");
    Waiting.forResult(here.channels().create("talk", null));
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

    Waiting.forResult(alice.dispatchTo("bob", Message.of("hello", "of alice")));

    await().atMost(Duration.ofSeconds(60)).until(() -> !heard.isEmpty());
    assertThat(heard).containsExactly("of bob");
  }

  private static void join(SimpleDistributedApplicationListener part, Channel channel)
      throws Exception {
    Waiting.forResult(part.joinTo(channel));
    Waiting.forResult(part.start());
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
        Waiting.forResult(
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
            .put("socket", new JsonObject().put("path", dir.resolve(name + ".sock").toString()));
    EricVerticle hub = new EricVerticle();
    Waiting.forResult(vertx.deployVerticle(hub, new DeploymentOptions().setConfig(config)));
    return hub;
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
