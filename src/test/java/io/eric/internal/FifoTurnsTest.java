package io.eric.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FifoTurnsTest {

  private final FifoTurns turns = new FifoTurns(2);
  private final List<Integer> begun = new ArrayList<>();

  @Test
  void soManyRunAtATimeInTheOrderInWhichTheyAsk() {
    for (int i = 0; i < 5; i++) {
      int number = i;
      turns.ask(() -> begun.add(number));
    }
    assertThat(begun).containsExactly(0, 1);
    assertThat(turns.waiting()).isEqualTo(3);
    turns.done();
    assertThat(begun).containsExactly(0, 1, 2);
    turns.done();
    turns.done();
    assertThat(begun).containsExactly(0, 1, 2, 3, 4);
    assertThat(turns.waiting()).isZero();
  }

  @Test
  void turnsThatAreOverAtOnceTakeNoStack() {
    turns.ask(() -> begun.add(0));
    turns.ask(() -> begun.add(1));
    for (int i = 0; i < 100_000; i++) {
      turns.ask(turns::done);
    }
    turns.done();
    turns.done();
    assertThat(turns.waiting()).isZero();
  }

  @Test
  void oneThatThrowsDoesNotEndTheOthers() {
    try {
      turns.ask(
          () -> {
            turns.done();
            throw new IllegalStateException("broken");
          });
    } catch (IllegalStateException expected) {
      begun.add(-1);
    }
    turns.ask(() -> begun.add(1));
    turns.ask(() -> begun.add(2));
    assertThat(begun).containsExactly(-1, 1, 2);
  }
}
