package io.eric.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldAnswersTest {

  private final Deque<Runnable> later = new ArrayDeque<>();
  private final List<Long> waits = new ArrayList<>();
  private final HeldAnswers answers =
      new HeldAnswers(
          (task, ms) -> {
            later.add(task);
            waits.add(ms);
          });
  private final List<Integer> sent = new ArrayList<>();
  private int written;

  private void send(int number) {
    answers.send(() -> number > written, () -> sent.add(number));
  }

  private void look() {
    later.remove().run();
  }

  @Test
  void whatIsNotEarlyIsSentAtOnce() {
    written = 1;
    send(1);
    assertThat(sent).containsExactly(1);
    assertThat(later).isEmpty();
  }

  @Test
  void everythingIsSentInItsOrderWhenItsTimeHasCome() {
    send(1);
    send(0);
    send(3);
    look();
    assertThat(sent).isEmpty();
    written = 2;
    look();
    assertThat(sent).as("0 came after 1, 3 is early").containsExactly(1, 0);
    written = 3;
    look();
    assertThat(sent).containsExactly(1, 0, 3);
    assertThat(later).as("nobody looks again").isEmpty();
    send(2);
    assertThat(sent).containsExactly(1, 0, 3, 2);
  }

  @Test
  void itLooksOnceForAllThatIsHeldBack() {
    send(1);
    send(2);
    assertThat(later).hasSize(1);
    look();
    assertThat(later).hasSize(1);
  }

  @Test
  void whatComesWhileOthersAreSentComesAfterThem() {
    answers.send(
        () -> written < 1,
        () -> {
          sent.add(1);
          send(0);
        });
    send(1);
    written = 1;
    look();
    assertThat(sent).containsExactly(1, 1, 0);
  }

  @Test
  void itLooksEverMoreSeldomUntilSomethingCouldBeSent() {
    send(1);
    send(2);
    for (int i = 0; i < 8; i++) {
      look();
    }
    assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 64L, 64L);
    waits.clear();
    written = 1;
    look();
    assertThat(sent).containsExactly(1);
    assertThat(waits).containsExactly(1L);
  }

  @Test
  void whatCannotBeSentDoesNotHoldBackTheRest() {
    answers.send(
        () -> written < 1,
        () -> {
          throw new IllegalStateException("the connection is gone");
        });
    send(1);
    written = 1;
    look();
    assertThat(sent).containsExactly(1);
    assertThat(later).isEmpty();
  }
}
