package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatedWriteTest {

  private final SimulatedTime time = new SimulatedTime();
  private final List<Promise<@Nullable String>> attempts = new ArrayList<>();
  private @Nullable Throwable fatal;

  @Test
  void whatIsAnsweredAtOnceIsWrittenOnce() {
    RepeatedWrite<@Nullable String> write = write(2);
    Future<@Nullable String> outcome = write.start();
    assertThat(write.quiet().isComplete()).isFalse();
    attempts.get(0).complete("stored");
    time.pass(60_000);
    assertThat(outcome.result()).isEqualTo("stored");
    assertThat(write.quiet().succeeded()).isTrue();
    assertThat(attempts).hasSize(1);
  }

  @Test
  void whatIsNotAnsweredIsWrittenOnceMoreBesideIt() {
    RepeatedWrite<@Nullable String> write = write(2);
    Future<@Nullable String> outcome = write.start();
    time.pass(249);
    assertThat(attempts).hasSize(1);
    time.pass(60_000);
    assertThat(attempts).hasSize(2);
    attempts.get(1).complete("stored");
    assertThat(outcome.result()).isEqualTo("stored");
    assertThat(write.quiet().isComplete()).isFalse();
    attempts.get(0).fail("its backup died");
    assertThat(write.quiet().succeeded()).isTrue();
    time.pass(60_000);
    assertThat(attempts).hasSize(2);
    assertThat(outcome.result()).isEqualTo("stored");
  }

  @Test
  void eachAttemptWaitsTwiceAsLongAsTheOneBefore() {
    write(4).start();
    for (int wait : new int[] {250, 500, 1000}) {
      int before = attempts.size();
      time.pass(wait - 1);
      assertThat(attempts).as("before %d ms", wait).hasSize(before);
      time.pass(1);
      assertThat(attempts).as("after %d ms", wait).hasSize(before + 1);
    }
    time.pass(60_000);
    assertThat(attempts).hasSize(4);
  }

  @Test
  void theFirstAnswerCountsWhicheverAttemptItIsTo() {
    Future<@Nullable String> outcome = write(2).start();
    time.pass(250);
    attempts.get(0).complete("first");
    attempts.get(1).complete(null);
    assertThat(outcome.result()).isEqualTo("first");
  }

  @Test
  void whatFailsIsRepeatedAfterPausesThatGrow() {
    Future<@Nullable String> outcome = write(1).start();
    for (int pause : new int[] {50, 100, 200, 400, 500, 500}) {
      int before = attempts.size();
      attempts.get(before - 1).fail("try again");
      time.pass(pause - 1);
      assertThat(attempts).as("before %d ms", pause).hasSize(before);
      time.pass(1);
      assertThat(attempts).as("after %d ms", pause).hasSize(before + 1);
    }
    attempts.get(6).complete("stored");
    assertThat(outcome.result()).isEqualTo("stored");
  }

  @Test
  void anAttemptThatFailsWhileAnotherWaitsIsRepeatedToo() {
    write(2).start();
    time.pass(250);
    attempts.get(1).fail("try again");
    time.pass(50);
    assertThat(attempts).hasSize(3);
    time.pass(60_000);
    assertThat(attempts).hasSize(3);
  }

  @Test
  void oneAtATimeWaitsForItsAnswer() {
    Future<@Nullable String> outcome = write(1).start();
    time.pass(60_000);
    assertThat(attempts).hasSize(1);
    attempts.get(0).fail("try again");
    time.pass(50);
    assertThat(attempts).hasSize(2);
    assertThat(outcome.isComplete()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRefusalOrAFinalFailureEndsIt(boolean refused) {
    RepeatedWrite<@Nullable String> write = write(2);
    Future<@Nullable String> outcome = write.start();
    if (refused) {
      attempts.get(0).complete(null);
      assertThat(outcome.succeeded()).isTrue();
      assertThat(outcome.result()).isNull();
    } else {
      fatal = new IllegalStateException("no quorum");
      attempts.get(0).fail(fatal);
      assertThat(outcome.cause()).isSameAs(fatal);
    }
    assertThat(write.quiet().succeeded()).isTrue();
    time.pass(60_000);
    assertThat(attempts).hasSize(1);
  }

  @Test
  void anAttemptThatThrowsIsOneThatFailed() {
    fatal = new IllegalStateException("shut down");
    RepeatedWrite<@Nullable String> write =
        new RepeatedWrite<>(
            () -> {
              throw new IllegalStateException(fatal);
            },
            failure -> failure.getCause() == fatal,
            2,
            new SimulatedLoop(time));
    assertThat(write.start().cause()).hasCause(fatal);
    assertThat(write.quiet().succeeded()).isTrue();
    time.pass(60_000);
  }

  private RepeatedWrite<@Nullable String> write(int mostUnderWay) {
    return new RepeatedWrite<>(
        () -> {
          Promise<@Nullable String> attempt = Promise.promise();
          attempts.add(attempt);
          return attempt.future();
        },
        failure -> failure == fatal,
        mostUnderWay,
        new SimulatedLoop(time));
  }
}
