package io.eric.http.internal.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteBudgetTest {

  private final ByteBudget budget = new ByteBudget(100, 60);

  @Test
  void oneClientLeavesSomethingForTheOthersOverAllOfItsConnections() {
    ByteBudget.OfClient first = budget.of("greedy");
    ByteBudget.OfClient second = budget.of("greedy");
    assertThat(first.take(40)).isTrue();
    assertThat(second.take(21)).isFalse();
    assertThat(second.take(20)).isTrue();
    ByteBudget.OfClient honest = budget.of("honest");
    assertThat(honest.take(40)).isTrue();
    assertThat(budget.used()).isEqualTo(100);
    first.release(40);
    assertThat(second.take(40)).isTrue();
  }

  @Test
  void allTogetherHaveABoundToo() {
    assertThat(budget.of("a").take(60)).isTrue();
    ByteBudget.OfClient other = budget.of("b");
    assertThat(other.take(41)).isFalse();
    assertThat(other.take(40)).isTrue();
    assertThat(budget.used()).isEqualTo(100);
  }

  @Test
  void whatOutlivesItsConnectionIsGivenBackOnce() {
    ByteBudget.OfClient gone = budget.of("a");
    assertThat(gone.take(60)).isTrue();
    gone.close();
    assertThat(budget.used()).isEqualTo(60);
    gone.release(60);
    assertThat(budget.used()).isZero();
    assertThat(budget.of("a").take(60)).isTrue();
  }
}
