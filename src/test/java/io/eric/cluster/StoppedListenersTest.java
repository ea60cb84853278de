package io.eric.cluster;

import static io.eric.testing.Hub.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.Channel;
import io.eric.ListenerStatus;
import io.eric.Message;
import io.eric.MessageQueueListener;
import io.eric.internal.client.BusClient;
import io.eric.internal.protocol.Addresses;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.Command;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listeners of every kind that are stopped through any node right before the owner dies. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class StoppedListenersTest {

  private List<LocalNode> nodes;
  private LocalNode owner;
  private LocalNode here;
  private String id;
  private Channel channel;

  @BeforeEach
  void start() throws Exception {
    nodes = LocalNode.start(3);
    owner = nodes.get(0);
    here = nodes.get(1);
    id = owner.ownChannel("x", nodes);
    channel = here.channels.get(id);
  }

  @AfterEach
  void close() {
    nodes.stream().filter(each -> each != owner).forEach(LocalNode::close);
    await(owner.vertx.close());
  }

  @Test
  void theyStayStoppedWhenTheChannelGetsAnotherOwner() {
    Map<String, LocalNode> stoppedThrough = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String kind : List.of("named", "hooked", "consumed", "streamed")) {
        String listener = kind + i;
        start(kind, listener);
        stoppedThrough.put(listener, nodes.get(i));
      }
    }
    start("consumed", "running");
    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .untilAsserted(
            () ->
                assertThat(states())
                    .doesNotContainValue(ListenerStatus.State.STOPPED)
                    .hasSize(stoppedThrough.size() + 1));

    List<Future<Object>> stopped = new ArrayList<>();
    stoppedThrough.forEach(
        (listener, node) ->
            stopped.add(new BusClient(node.vertx).command(new Command.Stop(id, listener))));
    await(Future.all(stopped));
    owner.kill();

    Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .ignoreExceptions()
        .until(
            () -> {
              await(channel.broadcast(Message.of("t", 1)));
              return states().get("running") == ListenerStatus.State.LIVE;
            });
    Map<String, ListenerStatus.State> states = states();
    assertThat(states).hasSize(stoppedThrough.size() + 1);
    stoppedThrough
        .keySet()
        .forEach(each -> assertThat(states).containsEntry(each, ListenerStatus.State.STOPPED));
  }

  private void start(String kind, String listenerId) {
    BusClient client = new BusClient(here.vertx);
    switch (kind) {
      case "named" -> {
        await(client.command(new Command.AddListener(id, listenerId)));
        await(client.ask(id, new ChannelRequest.StartListener(listenerId)));
      }
      case "hooked" -> {
        MessageQueueListener listener = new Observer(listenerId);
        await(listener.start());
        await(channel.registerListener(listener));
      }
      case "consumed" -> {
        await(client.command(new Command.AddListener(id, listenerId)));
        here.vertx
            .eventBus()
            .localConsumer(Addresses.listener(id, listenerId), message -> message.reply(null));
        await(
            here.vertx
                .eventBus()
                .request(
                    Addresses.channel(id), new JsonObject().put("v", "l").put("r", listenerId)));
      }
      case "streamed" -> {
        MessageQueueListener listener = new MessageQueueListener(listenerId);
        await(listener.start());
        await(channel.registerListener(listener));
        channel.messageStream(listener).handler(item -> {});
      }
      default -> throw new IllegalArgumentException(kind);
    }
  }

  private Map<String, ListenerStatus.State> states() {
    return await(channel.getConnections()).stream()
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
}
