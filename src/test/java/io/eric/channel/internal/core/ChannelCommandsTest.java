package io.eric.channel.internal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.channel.ChannelProbe;
import io.eric.internal.client.ChannelDirectory;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.testing.Hub;
import io.vertx.core.Future;
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
