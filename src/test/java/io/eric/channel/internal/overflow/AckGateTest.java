package io.eric.channel.internal.overflow;

import static io.eric.testing.Hub.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.eric.internal.Loop;
import io.eric.internal.VertxLoop;
import io.eric.metrics.Meters;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AckGateTest {

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void anAcknowledgementThatThrowsDoesNotKeepTheOthers() {
    AtomicBoolean mustHold = new AtomicBoolean(true);
    Loop loop = new VertxLoop(vertx.getOrCreateContext());
    AckGate gate = new AckGate(loop, mustHold::get, Long.MAX_VALUE / 2, Meters.of(vertx));
    List<Integer> released = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      int number = i;
      gate.release(
          () -> {
            if (number == 2) {
              throw new IllegalStateException("the publisher is gone");
            }
            released.add(number);
          });
    }
    assertThat(released).isEmpty();
    mustHold.set(false);
    gate.readersAdvanced();
    assertThat(released).containsExactly(1, 3);
  }
}
