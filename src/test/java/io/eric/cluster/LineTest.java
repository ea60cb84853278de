package io.eric.cluster;

import static io.eric.testing.Hub.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.internal.VertxInternal;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines to nodes that are not there. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LineTest {

  private final Vertx vertx = Vertx.vertx();
  private final Line line =
      new Line(
          vertx,
          ((VertxInternal) vertx).createEventLoopContext(),
          "here",
          channel -> true,
          node -> false);

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void nothingIsKeptForANodeThatIsGone() throws Exception {
    line.nodeGone("gone");
    line.send("gone", "eric.edge.e", "an answer that comes too late");
    var answer = line.request("gone", "eric.channel.x", "a question", 60_000);
    await().until(answer::isComplete);
    assertThat(answer.cause()).isInstanceOf(ReplyException.class);
    for (String name : new String[] {"outboxes", "pending"}) {
      var field = Line.class.getDeclaredField(name);
      field.setAccessible(true);
      await().untilAsserted(() -> assertThat((Map<?, ?>) field.get(line)).as(name).isEmpty());
    }
  }
}
