package io.eric.channel.internal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.internal.client.LocalRegistry;
import io.eric.internal.protocol.ChannelRequest;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.eric.testing.Hub;
import org.junit.jupiter.api.Test;

class ChannelCommandsTest {

  /** As another version of a node might say it. */
  @Test
  void newsThatAChannelDoesNotKnowAreCounted() {
    try (Hub hub = Hub.start()) {
      hub.channel("x");
      Meters meters = Meters.of(hub.vertx);
      assertThat(new LocalRegistry(hub.vertx).tell("x", new ChannelRequest.StartListener("l")))
          .isTrue();
      await().untilAsserted(() -> assertThat(meters.get(CounterName.STATE_ERRORS_NEWS)).isOne());
      new LocalRegistry(hub.vertx).tell("x", new ChannelRequest.Detach("nobody", 1, -1));
      Hub.await(hub.channels.get("x").getConnections()); // comes after it
      assertThat(meters.get(CounterName.STATE_ERRORS_NEWS)).isOne();
    }
  }
}
