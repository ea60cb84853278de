package io.eric.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.Channel;
import io.eric.EricClient;
import io.eric.InvalidChannelException;
import io.eric.InvalidListenerException;
import io.eric.InvalidMessageFormatException;
import io.eric.ListenerStatus;
import io.eric.MessageQueueListener;
import io.eric.MessageStream;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of channels and listeners on the event bus and in Java: parts, order, and their cost. */
class ListsTest {

  private Hub hub;

  @BeforeEach
  void start() {
    hub = Hub.start();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private static JsonObject ls(Object... more) {
    JsonObject command = new JsonObject().put("v", "ls");
    for (int i = 0; i < more.length; i += 2) {
      command.put((String) more[i], more[i + 1]);
    }
    return command;
  }

  private Channel listeners(int count) {
    Channel channel = hub.channel("big");
    List<Future<Void>> added = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      added.add(channel.registerListener(new MessageQueueListener("l" + i)));
    }
    Hub.await(Future.all(added));
    return channel;
  }

  private static List<String> names(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "l" + i).toList();
  }

  private static List<String> ids(List<ListenerStatus> connections) {
    return connections.stream().map(ListenerStatus::listener).toList();
  }

  @Test
  void channelsAreListedInParts() {
    for (String id : List.of("z", "a", "m", "b")) {
      hub.channel(id);
    }
    assertThat(hub.hub(ls()).getJsonArray("result")).containsExactly("z", "a", "m", "b");
    JsonObject first = hub.hub(ls("limit", 2));
    assertThat(first.getJsonArray("result")).containsExactly("z", "a");
    JsonObject rest = hub.hub(ls("limit", 10, "after", "a"));
    assertThat(rest.getJsonArray("result")).containsExactly("m", "b");
    assertThat(rest.containsKey("next")).isFalse();
    assertThat(hub.channels.getIds(null, 3)).containsExactly("z", "a", "m");
    assertThat(hub.channels.getIds("m", 3)).containsExactly("b");
    assertThat(hub.channels.getIds("b", 3)).isEmpty();
  }

  @Test
  void aPartGoesOnWhereTheOneBeforeEndedThoughWhatStoodThereIsRemoved() {
    for (String id : List.of("z", "a", "m", "b")) {
      hub.channel(id);
    }
    JsonObject first = hub.hub(ls("limit", 2));
    Hub.await(hub.channels.rm("a"));
    hub.channel("a"); // anew, and so the last
    JsonObject rest = hub.hub(ls("limit", 9, "page", first.getString("next")));
    assertThat(rest.getJsonArray("result")).containsExactly("m", "b", "a");
  }

  @Test
  void listenersAreListedInPartsWatchersLeftOut() {
    Channel channel = listeners(7);
    MessageStream<JsonObject> watcher = channel.watch();
    watcher.handler(item -> {});
    assertThat(ids(Hub.await(channel.getConnections(null, 3)))).isEqualTo(names(0, 3));
    assertThat(ids(Hub.await(channel.getConnections("l2", 3)))).isEqualTo(names(3, 6));
    assertThat(ids(Hub.await(channel.getConnections("l5", 3)))).isEqualTo(names(6, 7));
    assertThat(ids(Hub.await(channel.getConnections()))).isEqualTo(names(0, 7));
    Hub.await(watcher.close());
    JsonObject first = hub.ask("big", ls("limit", 2));
    Hub.await(channel.removeListener("l1"));
    JsonArray rest =
        hub.ask("big", ls("limit", 9, "page", first.getString("next"))).getJsonArray("result");
    assertThat(rest.stream().map(item -> ((JsonObject) item).getString("listener")))
        .isEqualTo(names(2, 7));
  }

  @Test
  void manyListenersAreListedWholeInJava() {
    assertThat(ids(Hub.await(listeners(2_600).getConnections()))).isEqualTo(names(0, 2_600));
  }

  @Test
  void oneListenerIsLookedUp() {
    Channel channel = listeners(3);
    JsonArray found = hub.ask("big", ls("r", "l1")).getJsonArray("result");
    assertThat(found).hasSize(1);
    assertThat(found.getJsonObject(0).getString("listener")).isEqualTo("l1");
    assertThat(hub.refused("big", ls("r", "none")).failureCode()).isEqualTo(404);
    assertThat(Hub.await(channel.getListener("l2")).id()).isEqualTo("l2");
    assertThat(Hub.failure(channel.getListener("none")))
        .isInstanceOf(InvalidListenerException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"v\":\"ls\",\"limit\":0}",
        "{\"v\":\"ls\",\"limit\":-1}",
        "{\"v\":\"ls\",\"limit\":10001}",
        "{\"v\":\"ls\",\"limit\":1.5}",
        "{\"v\":\"ls\",\"limit\":\"1\"}",
        "{\"v\":\"ls\",\"after\":\"a b\"}",
        "{\"v\":\"ls\",\"after\":1}",
        "{\"v\":\"ls\",\"page\":\"nowhere\"}",
      })
  void aWrongPartIsRefused(String command) {
    hub.channel("x");
    assertThat(hub.refused("x", new JsonObject(command)).failureCode()).isEqualTo(400);
    assertThat(hub.refusedAt("eric.channels", new JsonObject(command)).failureCode())
        .isEqualTo(400);
  }

  @Test
  void whatAPartIsToBeginAfterMustBeThere() {
    Channel channel = hub.channel("x");
    assertThat(hub.refused("x", ls("after", "none")).getMessage())
        .isEqualTo("InvalidListenerException('Invalid listener none')");
    assertThat(hub.refusedAt("eric.channels", ls("after", "none")).getMessage())
        .isEqualTo("InvalidChannelException('No channel with id none')");
    assertThat(Hub.failure(channel.getConnections("none", 1)))
        .isInstanceOf(InvalidListenerException.class);
    assertThat(Hub.failure(channel.getConnections(null, 0)))
        .isInstanceOf(InvalidMessageFormatException.class);
    assertThatThrownBy(() -> hub.channels.getIds("none", 1))
        .isInstanceOf(InvalidChannelException.class);
  }

  /** It is refused at once and in the same words, also where no hub is running. */
  @Test
  void whatAPartIsToBeginAfterMustBeAnId() {
    Vertx alone = Vertx.vertx();
    try {
      EricClient client = EricClient.create(alone);
      assertThat(Hub.failure(client.list("no/id", 1)))
          .isInstanceOf(InvalidMessageFormatException.class)
          .hasMessageContaining("a channel id has 1 to 128 characters");
      assertThat(Hub.failure(client.channel("x").getConnections("no/id", 1)))
          .isInstanceOf(InvalidMessageFormatException.class)
          .hasMessageContaining("a listener id has 1 to 128 characters");
    } finally {
      Hub.await(alone.close());
    }
    assertThatThrownBy(() -> hub.channels.getIds("no/id", 1))
        .isInstanceOf(InvalidMessageFormatException.class)
        .hasMessageContaining("a channel id has 1 to 128 characters");
  }

  @Test
  void aListThatIsTooLongForOneAnswerIsRefusedNamingTheWayOut() {
    listeners(10_001);
    assertThat(hub.refused("big", ls()).getMessage())
        .isEqualTo(
            "InvalidMessageFormat('the channel has 10001 listeners, a list has at most 10000: ask"
                + " for parts with limit and after')");
    assertThat(hub.ask("big", ls("limit", 10_000)).getJsonArray("result")).hasSize(10_000);
  }
}
