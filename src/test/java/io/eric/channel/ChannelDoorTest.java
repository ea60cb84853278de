package io.eric.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.bus.Counter;
import io.eric.bus.Meters;
import io.eric.bus.Neighbours;
import io.eric.bus.ToChannel;
import io.eric.testing.Hub;
import org.junit.jupiter.api.Test;

class ChannelDoorTest {

  /** As another version of a node might say it. */
  @Test
  void newsThatAChannelDoesNotKnowAreCounted() {
    try (Hub hub = Hub.start()) {
      hub.channel("x");
      Meters meters = Meters.of(hub.vertx);
      assertThat(new Neighbours(hub.vertx).tell("x", new ToChannel.StartListener("l"))).isTrue();
      await().untilAsserted(() -> assertThat(meters.get(Counter.STATE_ERRORS_NEWS)).isOne());
      new Neighbours(hub.vertx).tell("x", new ToChannel.Detach("nobody", 1, -1));
      Hub.await(hub.channels.get("x").getConnections()); // comes after it
      assertThat(meters.get(Counter.STATE_ERRORS_NEWS)).isOne();
    }
  }
}
