package io.eric.cluster;

import static io.eric.testing.Hub.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Channel;
import io.eric.InvalidChannelException;
import io.eric.Message;
import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.Command;
import io.eric.internal.protocol.OwnerChanged;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three nodes in one JVM. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ClusterNodeTest {

  private static List<LocalNode> nodes;

  @BeforeAll
  static void start() throws Exception {
    nodes = LocalNode.start(3);
  }

  @AfterAll
  static void close() {
    nodes.forEach(LocalNode::close);
  }

  @Test
  void aChannelIsRemovedThroughAnyNode() {
    for (int i = 0; i < 9; i++) {
      String id = nodes.get(i % 3).ownChannel("removed" + i + '-', nodes);
      LocalNode through = nodes.get((i + i / 3) % 3);
      assertThat(await(new BusClient(through.vertx).command(new Command.RemoveChannel(id))))
          .isEqualTo("ack");
      for (LocalNode each : nodes) {
        assertThat(each.channels.getAllIds()).doesNotContain(id);
      }
    }
  }

  @Test
  void nothingIsKeptOfRemovedChannels() {
    Set<String> removed = new HashSet<>();
    for (LocalNode owner : nodes) {
      String id = owner.ownChannel("forgotten" + nodes.indexOf(owner), nodes);
      removed.add(id);
      await(owner.channels.rm(id));
    }
    for (LocalNode each : nodes) {
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(await(each.node.remembered())).doesNotContainAnyElementsOf(removed));
    }
  }

  @Test
  void whatIsAskedOfAChannelThatIsBeingCreatedIsAnswered() {
    LocalNode here = nodes.get(0);
    BusClient client = new BusClient(here.vertx);
    for (int i = 0; i < 30; i++) {
      String id = "created" + i;
      Future<Channel> created = here.channels.create(id, null);
      List<Future<Object>> asked = new ArrayList<>();
      while (!created.isComplete() || asked.size() < 50) {
        asked.add(client.command(new Command.AddListener(id, "l" + asked.size())));
        if (asked.size() % 50 == 0) {
          await(asked.get(asked.size() - 1).otherwise("refused"));
        }
      }
      await(created);
      for (Future<Object> each : asked) {
        await(each.otherwise("refused"));
        if (each.failed()) { // too early
          assertThat(each.cause()).isInstanceOf(InvalidChannelException.class);
        }
      }
      assertThat(asked.get(asked.size() - 1).succeeded()).isTrue();
    }
  }

  @Test
  void aNodeThatWasBusyFromTheLossOfTheOthersUntilTheMergeOpensItsStreamsAnew() throws Exception {
    LocalNode here = nodes.get(2);
    LocalNode master = nodes.get(0);
    String far = master.ownChannel("far", nodes);
    String own = here.ownChannel("own", nodes);
    Set<Object> seen = ConcurrentHashMap.newKeySet();
    here.channels.get(far).watch().handler(item -> seen.add(data(item)));
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .until(
            () -> {
              await(master.channels.get(far).broadcast(Message.of("t", "before")));
              return seen.contains("before");
            });
    Set<String> moved = ConcurrentHashMap.newKeySet();
    here.vertx
        .eventBus()
        .<OwnerChanged>localConsumer(Addresses.MOVED, move -> moved.add(move.body().channel()));
    int merges = here.merges();

    CountDownLatch free = new CountDownLatch(1);
    here.keepBusy(free);
    try {
      here.loseSightOf(master);
      here.loseSightOf(nodes.get(1));
      master.loseSightOf(here);
      master.awaitSize(2);
      Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> here.merges() > merges);
      nodes.forEach(each -> each.awaitSize(3));
    } finally {
      free.countDown();
    }

    Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> moved.contains(far));
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .until(
            () -> {
              await(master.channels.get(far).broadcast(Message.of("t", "after")));
              return seen.contains("after");
            });
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .ignoreExceptions()
        .until(
            () -> {
              for (LocalNode each : nodes) {
                await(each.channels.get(own).broadcast(Message.of("t", "x")));
              }
              return nodes.stream().filter(each -> each.channels.isOpen(own)).count() == 1;
            });
  }

  private static Object data(JsonObject item) {
    return item.getValue("data");
  }
}
