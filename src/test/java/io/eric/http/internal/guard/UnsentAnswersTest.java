package io.eric.http.internal.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.eric.http.HttpHub;
import io.eric.metrics.CounterName;
import io.eric.metrics.Meters;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnsentAnswersTest {

  private final Vertx vertx = Vertx.vertx();
  private final Meters meters = Meters.of(vertx);
  private final List<String> closed = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    HttpHub.await(vertx.close());
  }

  private UnsentAnswers answers(long deadlineMs) {
    return new UnsentAnswers(100, 250, new Deadlines(vertx, deadlineMs), meters);
  }

  private UnsentAnswers.OfConnection connection(UnsentAnswers answers, String name) {
    return answers.of(() -> closed.add(name));
  }

  @Test
  void aConnectionHasRoomUpToItsBound() {
    UnsentAnswers.OfConnection a = connection(answers(60_000), "a");
    a.add(100);
    assertThat(a.hasRoom()).isTrue();
    a.add(1);
    assertThat(a.hasRoom()).isFalse();
    a.remove(1);
    assertThat(a.hasRoom()).isTrue();
    assertThat(closed).isEmpty();
  }

  @Test
  void beyondTheCommonBoundTheLargestIsClosedAndNoOther() {
    UnsentAnswers answers = answers(60_000);
    List<UnsentAnswers.OfConnection> all = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      all.add(connection(answers, name));
    }
    all.get(0).add(50);
    all.get(1).add(120);
    all.get(2).add(80);
    assertThat(answers.bytes()).isEqualTo(250);
    assertThat(closed).isEmpty();
    all.get(0).add(1);
    assertThat(closed).containsExactly("b");
    assertThat(answers.bytes()).isEqualTo(131);
    assertThat(meters.get(CounterName.ANSWERS_OVER_BUDGET)).isEqualTo(1);
    all.get(1).remove(120); // what is closed counts no more
    assertThat(answers.bytes()).isEqualTo(131);
  }

  @Test
  void whoTakesNothingIsClosedAfterTheDeadline() {
    UnsentAnswers answers = answers(50);
    Vertx on = vertx;
    on.runOnContext(now -> connection(answers, "silent").add(10));
    await().untilAsserted(() -> assertThat(closed).containsExactly("silent"));
    assertThat(meters.get(CounterName.ANSWERS_UNREAD)).isEqualTo(1);
    assertThat(answers.bytes()).isZero();
  }

  @Test
  void whoTakesSomethingStays() {
    UnsentAnswers answers = answers(100);
    UnsentAnswers.OfConnection slow = connection(answers, "slow");
    vertx.runOnContext(
        now -> {
          slow.add(90);
          vertx.setPeriodic(
              1,
              id -> {
                slow.remove(1);
                slow.add(1);
              });
          connection(answers, "silent").add(10);
        });
    await().untilAsserted(() -> assertThat(closed).containsExactly("silent"));
    vertx.runOnContext(now -> connection(answers, "another").add(10));
    await().untilAsserted(() -> assertThat(closed).containsExactly("silent", "another"));
  }
}
