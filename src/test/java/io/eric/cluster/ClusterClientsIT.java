package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.Channel;
import io.eric.EricClient;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.MessageStream;
import io.eric.PublishOptions;
import io.eric.ReadOptions;
import io.eric.UnavailableException;
import io.eric.app.EricVerticle;
import io.eric.options.DataProcessingChannelOptions;
import io.eric.options.EricOptions;
import io.eric.prefab.SimpleDistributedApplicationListener;
import io.eric.testing.BridgeSocket;
import io.eric.testing.Consumer;
import io.eric.testing.FreePort;
import io.eric.testing.Hub;
import io.eric.testing.Received;
import io.eric.testing.RequiresCommand;
import io.eric.work.DataProcessingChannel;
import io.eric.work.DataProcessingWorker;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients of an application that is one node of three, while the node dies that owns their
 * channels. Nothing in what they call knows that there are nodes.
 */
@RequiresCommand("curl")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ClusterClientsIT {

  private static final int HALF = 20;

  @TempDir private Path dir;
  private final List<Node> others = new ArrayList<>();
  private Vertx vertx;
  private EricVerticle hub;

  @BeforeEach
  void start() throws Exception {
    String name = "clients" + ProcessHandle.current().pid();
    int port = FreePort.find();
    Disk disk = Disk.of(dir, Disk.Kind.PLAIN);
    int rebalanceDelay = 500;
    Map<String, String> settings =
        Map.of(
            "ERIC_CLUSTER_NAME",
            name,
            "ERIC_CLUSTER_PORT",
            Integer.toString(port),
            "ERIC_CLUSTER_REBALANCE_DELAY",
            Integer.toString(rebalanceDelay));
    for (int i = 1; i <= 2; i++) {
      Node node = new Node(i, new Host("127.0.0.1", List.of()), dir, disk, settings);
      others.add(node);
      node.start();
    }
    EricOptions options = new EricOptions();
    options
        .getCluster()
        .setEnabled(true)
        .setName(name)
        .setPort(port)
        .setDirectory(disk.directory().toString())
        .setSize(3)
        .setRebalanceDelay(rebalanceDelay);
    options.getHttp().setPort(0);
    options.setSocketEnabled(false);
    vertx =
        StartAttempts.untilStarted(
            () -> Hub.await(ClusteredVertx.start(new VertxOptions(), options.getCluster())));
    hub = new EricVerticle(options);
    Hub.await(vertx.deployVerticle(hub));
    for (Node node : others) {
      node.awaitReady();
    }
  }

  @AfterEach
  void end() throws Exception {
    for (Node node : others) {
      node.kill();
    }
    if (vertx != null) {
      Hub.await(vertx.close());
    }
  }

  @Test
  void allGoOnWhenTheOwnerIsKilled() throws Exception {
    allGoOn(List.of(() -> {}, others.get(0)::kill));
  }

  /** The node that thaws takes itself for the owner until it hears of the other one. */
  @Test
  @Tag("soak")
  void allGoOnWhenTheOwnerFreezesAndWhenItThaws() throws Exception {
    allGoOn(List.of(() -> {}, others.get(0)::freeze, others.get(0)::thaw));
  }

  private void allGoOn(List<Trial.Step> steps) throws Exception {
    int group = groupOfTheFirst();
    EricClient eric = EricClient.create(vertx);
    Channel news = Hub.await(eric.create(idIn(group, "news")));
    Received listener = listener(news);
    List<Object> pulled = pulled(news);
    Received watcher = new Received(news.watch());
    Hub.await(watcher.stream.attached());
    Consumer consumer = consumer(news);
    BridgeSocket browser = browser(news);
    Greeters greeters = new Greeters(Hub.await(eric.create(idIn(group, "talk"))));
    Work work = new Work(idIn(group, "work"));
    List<Object> all = new ArrayList<>();
    List<Object> seen = new ArrayList<>();

    for (Trial.Step step : steps) {
      step.run();
      int from = all.size();
      for (int i = from; i < from + HALF; i++) {
        all.add(i);
        publish(news, i);
        work.publish(i);
        greeters.greet(i);
      }

      assertThat(listener.data(all.size())).isEqualTo(all);
      assertThat(watcher.data(all.size())).isEqualTo(all);
      Hub.until(() -> pulled.size() >= all.size());
      assertThat(pulled).isEqualTo(all);
      // Consumers on the bus have everything at least once.
      Hub.until(() -> consumer.data(all.size()).contains(all.size() - 1));
      assertThat(consumer.data(all.size()).stream().distinct().toList()).isEqualTo(all);
      browserReads(browser, all.size() - 1, seen);
      assertThat(seen).isEqualTo(all);
      greeters.awaitAnswers(all);
      work.awaitResults(all);
    }
    Hub.until(() -> Hub.await(news.getConnections()).stream().allMatch(each -> each.lag() == 0));
  }

  /** A group that the first of the other nodes owns, when each node owns one. */
  private int groupOfTheFirst() {
    List<JsonObject> seen = new ArrayList<>();
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                seen.clear();
                for (Node node : others) {
                  seen.add(node.health());
                }
                return owners(seen.get(0)).stream().distinct().count() == 3
                    && seen.stream().allMatch(each -> each.getString("status").equals("UP"));
              });
    } catch (ConditionTimeoutException e) {
      List<String> logs = others.stream().map(Node::logText).toList();
      throw new AssertionError("the groups are not spread: " + seen + logs, e);
    }
    return owners(seen.get(0)).indexOf(seen.get(0).getString("node"));
  }

  /** The owners of the groups, in the order of their numbers. */
  private static List<String> owners(JsonObject health) {
    return health.getJsonArray("groups").stream()
        .map(each -> ((JsonObject) each).getString("owner", "none"))
        .toList();
  }

  private static String idIn(int group, String prefix) {
    return IntStream.iterate(0, i -> i + 1)
        .mapToObj(i -> prefix + i)
        .filter(id -> GroupNumber.of(id, 3) == group)
        .findFirst()
        .orElseThrow();
  }

  /** Publishes as every client has to: again with the same key when the outcome is unknown. */
  private static void publish(Channel channel, int number) {
    PublishOptions options = PublishOptions.BROADCAST.withKey("k" + number);
    while (true) {
      try {
        Hub.await(channel.publish(Message.of("number", number), options));
        return;
      } catch (UnavailableException unknown) {
        // Repeated.
      }
    }
  }

  private static Received listener(Channel channel) {
    MessageQueueListener listener = new MessageQueueListener("listener");
    Hub.await(channel.registerListener(listener));
    Hub.await(listener.start());
    return new Received(channel.messageStream(listener));
  }

  /** Reads one message at a time, as a slow program does. */
  private static List<Object> pulled(Channel channel) {
    MessageQueueListener listener = new MessageQueueListener("puller");
    Hub.await(channel.registerListener(listener));
    Hub.await(listener.start());
    List<Object> numbers = new CopyOnWriteArrayList<>();
    MessageStream<Message> stream = channel.read(ReadOptions.listener("puller"));
    stream.pause();
    stream.handler(
        message -> {
          numbers.add(message.payload());
          stream.fetch(1);
        });
    stream.fetch(1);
    return numbers;
  }

  private Consumer consumer(Channel channel) {
    Hub.await(channel.registerListener(new MessageQueueListener("consumer")));
    Consumer consumer = new Consumer(vertx, channel.id(), "consumer", true);
    Hub.await(
        vertx
            .eventBus()
            .request(
                "eric.channel." + channel.id(),
                new JsonObject().put("v", "l").put("r", "consumer")));
    return consumer;
  }

  private BridgeSocket browser(Channel channel) throws Exception {
    Hub.await(channel.registerListener(new MessageQueueListener("browser")));
    int port = hub.httpPort();
    BridgeSocket browser = new BridgeSocket(vertx, port, null, "127.0.0.1:" + port);
    browser.send("register", "eric.listener." + channel.id() + "/browser", null);
    browser.send(
        "send", "eric.channel." + channel.id(), new JsonObject().put("v", "l").put("r", "browser"));
    assertThat(browser.next().getJsonObject("body").getString("result")).isEqualTo("ack");
    return browser;
  }

  /** Acknowledges what a browser gets until it has this number; adds what is new. */
  private static void browserReads(BridgeSocket browser, int last, List<Object> seen)
      throws Exception {
    while (!seen.contains(last)) {
      JsonObject frame = browser.next();
      String reply = frame.getString("replyAddress");
      if (reply != null) {
        browser.send("send", reply, null);
      }
      Object number = frame.getJsonObject("body").getValue("data");
      if (!seen.contains(number)) {
        seen.add(number);
      }
    }
  }

  /** Two parts of a distributed application, one of which answers the other. */
  private static final class Greeters {
    private final SimpleDistributedApplicationListener alice =
        new SimpleDistributedApplicationListener("alice");
    private final List<Object> answers = new CopyOnWriteArrayList<>();

    private Greeters(Channel channel) {
      SimpleDistributedApplicationListener bob = new SimpleDistributedApplicationListener("bob");
      bob.setAction("hello", message -> List.of(Message.of("answer", message.payload())));
      alice.setAction(
          "answer",
          message -> {
            answers.add(message.payload());
            return List.of();
          });
      for (SimpleDistributedApplicationListener part : List.of(alice, bob)) {
        Hub.await(part.joinTo(channel));
        Hub.await(part.start());
        channel.messageStream(part).handler(event -> {});
      }
    }

    private void greet(int number) {
      while (true) {
        try {
          Hub.await(alice.dispatchTo("bob", Message.of("hello", number)));
          return;
        } catch (UnavailableException unknown) {
          // Repeated, perhaps a second time, because a dispatch has no key.
        }
      }
    }

    private void awaitAnswers(List<Object> all) {
      Hub.until(() -> answers.containsAll(all));
    }
  }

  /** A queue of this node's own class, whose log the dying node leads, and a worker. */
  private final class Work {
    private final DataProcessingChannel queue;
    private final Received results;

    private Work(String id) {
      queue =
          new DataProcessingChannel(new DataProcessingChannelOptions().setId(id).setMaxWorkers(0));
      Hub.await(hub.channels().register(queue));
      MessageQueueListener listener = new MessageQueueListener("queue");
      Hub.await(queue.registerListener(listener));
      Hub.await(listener.start());
      results = new Received(queue.processQueue(listener));
      Hub.await(
          vertx.deployVerticle(
              new DataProcessingWorker(id, "queue", 4, message -> message.payload())));
    }

    private void publish(int number) {
      ClusterClientsIT.publish(queue, number);
    }

    private void awaitResults(List<Object> all) {
      assertThat(results.data(all.size())).containsExactlyInAnyOrderElementsOf(all);
    }
  }
}
