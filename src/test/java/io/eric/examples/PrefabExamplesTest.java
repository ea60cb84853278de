package io.eric.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Message;
import io.eric.channel.ChannelContainer;
import io.eric.channel.SSEChannel;
import io.eric.options.SSEChannelOptions;
import io.eric.prefab.InMemoryKvStorage;
import io.eric.prefab.KvStorage;
import io.eric.prefab.SSEChannelRepository;
import io.eric.prefab.SimpleDistributedApplicationChannel;
import io.eric.prefab.SimpleDistributedApplicationListener;
import io.eric.testing.Hub;
import io.eric.work.DataProcessingWorker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The examples of README's section on prefabs work, and are what README shows. */
class PrefabExamplesTest {

  private Hub hub;

  @BeforeEach
  void start() {
    hub = Hub.start();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void primesAreCountedByAnyNumberOfWorkers() {
    assertThat(Hub.await(Primes.count(hub.channels, 10, 1))).isEqualTo(78_498);
    assertThat(Hub.await(Primes.count(hub.channels, 10, 4))).isEqualTo(78_498);
  }

  @Test
  void aWorkerElsewhereIsDeployedInOneLine() {
    Hub.await(worker(hub.vertx));
  }

  private static Future<String> worker(Vertx vertx) {
    return vertx.deployVerticle(
        new DataProcessingWorker("images", "queue", 4, message -> thumbnail(message.payload())));
  }

  private static Object thumbnail(Object image) {
    return image;
  }

  @Test
  void twoPartsSayHello() {
    SimpleDistributedApplicationChannel channel = new SimpleDistributedApplicationChannel();
    Hub.await(hub.channels.register(channel));
    List<String> heard = new CopyOnWriteArrayList<>();
    Hub.await(hello(channel, heard));
    Awaitility.await().until(() -> heard.contains("hello Alice!"));
  }

  private static Future<?> hello(SimpleDistributedApplicationChannel channel, List<String> heard) {
    SimpleDistributedApplicationListener alice = new SimpleDistributedApplicationListener("alice");
    alice.setAction("hello", message -> List.of(Message.of("hello_ack", message.payload() + "!")));
    SimpleDistributedApplicationListener bob = new SimpleDistributedApplicationListener("bob");
    bob.setAction(
        "hello_ack",
        message -> {
          heard.add((String) message.payload());
          return List.of();
        });
    return Future.all(channel.registerListener(alice), channel.registerListener(bob))
        .compose(registered -> Future.all(alice.start(), bob.start()))
        .compose(
            started -> {
              channel.messageStream(alice).handler(event -> {}); // takes the messages out
              channel.messageStream(bob).handler(event -> {});
              return bob.dispatchTo(alice, Message.of("hello", "hello Alice"));
            });
  }

  @Test
  void channelsAreKeptAndLoaded() {
    KvStorage storage = new InMemoryKvStorage();
    SSEChannel news = new SSEChannel(new SSEChannelOptions().setId("news"));
    Hub.await(hub.channels.register(news));
    Hub.await(keep(storage, news));
    Hub.await(hub.channels.rm("news"));
    Hub.await(load(storage, hub.channels));
    assertThat(hub.channels.getAllIds()).containsExactly("news");
  }

  private static Future<Void> keep(KvStorage storage, SSEChannel channel) {
    return new SSEChannelRepository(storage).persist(channel);
  }

  private static Future<Void> load(KvStorage storage, ChannelContainer channels) {
    return new SSEChannelRepository(storage).loadAll().compose(channels::registerIterable);
  }

  @Test
  void whatReadmeShowsIsTakenFromHere() throws Exception {
    String examples = "";
    for (String name : List.of("Primes", "PrefabExamplesTest")) {
      examples +=
          Files.readString(Path.of("src/test/java/io/eric/examples/" + name + ".java"))
              .replaceAll("\\s+", "");
    }
    String readme = Files.readString(Path.of("README.md"));
    String section =
        readme.substring(readme.indexOf("<!-- prefabs"), readme.indexOf("<!-- /prefabs"));
    Matcher blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(section);
    int count = 0;
    while (blocks.find()) {
      count++;
      assertThat(examples).contains(blocks.group(1).replaceAll("\\s+", ""));
    }
    assertThat(count).isEqualTo(4);
  }
}
