package io.eric.channel.internal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.channel.ChannelProbe;
import io.eric.internal.client.ChannelDirectory;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.internal.protocol.Verb;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.testing.Hub;
import io.vertx.core.Future;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ChannelCommandsTest {

  @Test
  void thereIsARowForEveryKindOfRequest() {
    try (Hub hub = Hub.start()) {
      hub.channel("x");
      ChannelCommands commands =
          new ChannelCommands(
              hub.vertx,
              ChannelProbe.open(hub.channels.get("x")),
              ChannelExtension.NONE,
              Future::succeededFuture,
              new ChannelLife((state, event) -> {}));
      assertThat(commands.kinds())
          .containsExactlyInAnyOrder(ChannelRequest.class.getPermittedSubclasses());
    }
  }

  /** What a channel's address refuses names all that it takes. */
  @Test
  void theRefusalOfAVerbNamesTheOthers() {
    try (Hub hub = Hub.start()) {
      hub.channel("x");
      Set<String> taken = new TreeSet<>();
      Set<String> refusals = new TreeSet<>();
      for (Verb verb : Verb.values()) {
        JsonObject command =
            new JsonObject().put("v", verb.word()).put("c", "y").put("r", "bob").put("t", "t");
        Future<Message<Object>> answer = hub.vertx.eventBus().request("eric.channel.x", command);
        Throwable failure = answer.transform(done -> Future.succeededFuture(done.cause())).await();
        String text = failure == null ? "" : String.valueOf(failure.getMessage());
        if (text.contains("takes")) {
          refusals.add(text);
        } else {
          taken.add(verb.word());
        }
        if (verb == Verb.REMOVE_CHANNEL) {
          Hub.until(() -> !hub.channels.isOpen("x"));
          hub.channel("x");
        }
      }
      assertThat(refusals).hasSize(1);
      String list = refusals.iterator().next().replaceFirst(".*takes ", "").replace("')", "");
      assertThat(list.split(", | and ")).containsExactlyInAnyOrderElementsOf(taken);
    }
  }

  /** As another version of a node might say it. */
  @Test
  void newsThatAChannelDoesNotKnowAreCounted() {
    try (Hub hub = Hub.start()) {
      hub.channel("x");
      Meters meters = Meters.of(hub.vertx);
      assertThat(new ChannelDirectory(hub.vertx).tell("x", new ChannelRequest.StartListener("l")))
          .isTrue();
      await().untilAsserted(() -> assertThat(meters.get(CounterName.STATE_ERRORS_NEWS)).isOne());
      new ChannelDirectory(hub.vertx).tell("x", new ChannelRequest.Detach("nobody", 1, -1));
      Hub.await(hub.channels.get("x").getConnections()); // comes after it
      assertThat(meters.get(CounterName.STATE_ERRORS_NEWS)).isOne();
    }
  }
}
