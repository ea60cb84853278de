package io.eric.cluster.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.UnavailableException;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ReadIndexRoundsTest {

  /** Longer than the pause between two rounds. */
  private static final long PAUSED_MS = 20;

  private final SimulatedTime time = new SimulatedTime();
  private final List<CompletableFuture<Void>> asked = new ArrayList<>();
  private boolean broken;
  private final ReadIndexRounds rounds =
      new ReadIndexRounds(this::readIndex, Runnable::run, new SimulatedLoop(time));

  private CompletionStage<Void> readIndex() {
    if (broken) {
      throw new IllegalStateException("broken");
    }
    asked.add(new CompletableFuture<>());
    return asked.get(asked.size() - 1);
  }

  private void answer(int round) {
    asked.get(round).complete(null);
    time.pass(PAUSED_MS);
  }

  @Test
  void aRoundIsForAllThatWaitedWhenItBegan() {
    Future<Void> first = rounds.next();
    Future<Void> second = rounds.next();
    Future<Void> third = rounds.next();
    assertThat(asked).hasSize(1);
    answer(0);
    assertThat(first.succeeded()).isTrue();
    assertThat(second.isComplete()).isFalse();
    assertThat(asked).hasSize(2);
    answer(1);
    assertThat(second.succeeded()).isTrue();
    assertThat(third.succeeded()).isTrue();
    assertThat(asked).hasSize(2);
  }

  @Test
  void oneThatAsksDuringARoundIsNotAnsweredByIt() {
    rounds.next();
    time.pass(PAUSED_MS);
    Future<Void> during = rounds.next();
    answer(0);
    assertThat(during.isComplete()).isFalse();
    answer(1);
    assertThat(during.succeeded()).isTrue();
  }

  @Test
  void roundsAreApart() {
    rounds.next();
    asked.get(0).complete(null);
    time.pass(1);
    Future<Void> soon = rounds.next();
    assertThat(asked).hasSize(1);
    time.pass(PAUSED_MS);
    assertThat(asked).hasSize(2);
    answer(1);
    assertThat(soon.succeeded()).isTrue();
  }

  @Test
  void aRoundWithoutAnAnswerFailsAndTheNextOneBegins() {
    Future<Void> unanswered = rounds.next();
    Future<Void> waiting = rounds.next();
    time.pass(ReadIndexRounds.ROUND_MS - 1);
    assertThat(unanswered.isComplete()).isFalse();
    assertThat(asked).hasSize(1);
    time.pass(1);
    assertThat(unanswered.cause())
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("no answer in time");
    assertThat(asked).hasSize(2);
    answer(1);
    assertThat(waiting.succeeded()).isTrue();
  }

  @Test
  void theLateAnswerOfARoundWhoseTimeIsOverIsForNoOther() {
    rounds.next();
    Future<Void> waiting = rounds.next();
    time.pass(ReadIndexRounds.ROUND_MS);
    answer(0);
    assertThat(waiting.isComplete()).isFalse();
    Future<Void> last = rounds.next();
    asked.get(0).completeExceptionally(new IllegalStateException("late"));
    time.pass(PAUSED_MS);
    assertThat(asked).hasSize(2);
    answer(1);
    assertThat(waiting.succeeded()).isTrue();
    assertThat(last.isComplete()).isFalse();
    answer(2);
    assertThat(last.succeeded()).isTrue();
  }

  @Test
  void theTimeOfARoundThatWasAnsweredDoesNotEndTheNextOne() {
    rounds.next();
    time.pass(ReadIndexRounds.ROUND_MS - 100);
    answer(0);
    Future<Void> next = rounds.next();
    time.pass(200);
    assertThat(next.isComplete()).isFalse();
    answer(1);
    assertThat(next.succeeded()).isTrue();
  }

  @Test
  void aRoundThatFailsFailsForAllOfIt() {
    Future<Void> first = rounds.next();
    Future<Void> second = rounds.next();
    asked.get(0).completeExceptionally(new IllegalStateException("no majority"));
    time.pass(PAUSED_MS);
    assertThat(first.cause())
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("no majority");
    answer(1);
    assertThat(second.succeeded()).isTrue();
  }

  @Test
  void aReplicaThatThrowsFailsTheRound() {
    broken = true;
    Future<Void> first = rounds.next();
    time.pass(PAUSED_MS);
    assertThat(first.cause())
        .isInstanceOf(UnavailableException.class)
        .hasMessageEndingWith("broken");
    broken = false;
    Future<Void> second = rounds.next();
    answer(0);
    assertThat(second.succeeded()).isTrue();
  }

  @Test
  void oneThatAsksAgainWhenItIsAnsweredWaitsForANewRound() {
    List<Future<Void>> again = new ArrayList<>();
    rounds.next().onSuccess(done -> again.add(rounds.next()));
    answer(0);
    assertThat(asked).hasSize(2);
    answer(1);
    assertThat(again.get(0).succeeded()).isTrue();
  }
}
