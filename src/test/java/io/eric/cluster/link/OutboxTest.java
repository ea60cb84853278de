package io.eric.cluster.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OutboxTest {

  private final Meters meters = new Meters();
  private final Outbox outbox = new Outbox(100, meters);
  private final Questions questions = new Questions(() -> 0);

  @Test
  void itIsBoundedInBytes() {
    assertThat(outbox.add(new byte[46], null)).isEqualTo(Outbox.Added.FIRST);
    assertThat(outbox.add(new byte[46], null)).isEqualTo(Outbox.Added.BEHIND);
    assertThat(outbox.size()).isEqualTo(100);
    Promise<@Nullable Object> answer = Promise.promise();
    Question question = questions.to("2", 1_000, answer);
    assertThat(outbox.add(new byte[1], question)).isEqualTo(Outbox.Added.REFUSED);
    assertThat(((ReplyException) answer.future().cause()).failureType())
        .isEqualTo(ReplyFailure.NO_HANDLERS);
    assertThat(questions.size()).isZero();
    assertThat(meters.get(CounterName.LINK_DROPPED_FULL)).isEqualTo(1);
    outbox.take(1_000);
    assertThat(outbox.add(new byte[96], null)).isEqualTo(Outbox.Added.FIRST);
  }

  @Test
  void itGivesWholeFramesInPortions() {
    outbox.add(new byte[26], null);
    outbox.add(new byte[6], null);
    outbox.add(new byte[6], null);
    outbox.add(new byte[6], null);
    assertThat(outbox.take(20).length()).isEqualTo(30);
    assertThat(outbox.take(20).length()).isEqualTo(20);
    assertThat(outbox.take(20).length()).isEqualTo(10);
    assertThat(outbox.take(20)).isNull();
    assertThat(outbox.size()).isZero();
  }
}
