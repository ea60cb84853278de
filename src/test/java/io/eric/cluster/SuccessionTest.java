package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuccessionTest {

  private final SimulatedTime time = new SimulatedTime();
  private final List<String> asked = new ArrayList<>();
  private final List<String> succeeded = new ArrayList<>();
  private Future<Boolean> ended = Future.succeededFuture(true);
  private Set<String> reached = Set.of();

  private Succession of(String node) {
    return new Succession(
        node,
        List.of("1", "2", "3"),
        this::hasEnded,
        succeeded::add,
        () -> reached,
        new SimulatedLoop(time));
  }

  private Future<Boolean> hasEnded(String node) {
    asked.add(node);
    return ended;
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "3, 2", "1, 3"})
  void theNextNodeSucceedsTheOneThatHasEnded(String me, String gone) {
    String third = String.valueOf(6 - Integer.parseInt(me) - Integer.parseInt(gone));
    reached = Set.of(third);
    of(me).down(gone);
    reached = Set.of(me);
    of(third).down(gone);
    assertThat(succeeded).containsExactly(gone);
    assertThat(asked).containsExactly(gone);
  }

  @Test
  void theOneAfterItDoesIfTheNextOneIsNotReachedEither() {
    of("3").down("1");
    assertThat(succeeded).containsExactly("1");
  }

  @Test
  void aNodeThatIsOnlyOutOfReachIsNotSucceeded() {
    reached = Set.of("3");
    ended = Future.succeededFuture(false);
    of("2").down("1");
    ended = Future.failedFuture("closed");
    of("2").down("1");
    time.pass(60_000);
    assertThat(asked).hasSize(2 * Succession.LOOKS);
    assertThat(succeeded).isEmpty();
  }

  @Test
  void aPortThatIsClosedAfterTheConnectionsIsLookedAtAgain() {
    reached = Set.of("3");
    ended = Future.succeededFuture(false);
    of("2").down("1");
    ended = Future.succeededFuture(true);
    time.pass(Succession.PAUSE_MS);
    assertThat(succeeded).containsExactly("1");
    time.pass(60_000);
    assertThat(asked).containsExactly("1", "1");
  }

  @Test
  void aNodeThatIsBackIsNotLookedAtAnyMore() {
    ended = Future.succeededFuture(false);
    Succession succession = of("2");
    succession.down("1");
    reached = Set.of("1", "3");
    ended = Future.succeededFuture(true);
    time.pass(60_000);
    assertThat(succeeded).isEmpty();
    reached = Set.of("3");
    succession.down("1");
    assertThat(succeeded).containsExactly("1");
  }

  @Test
  void aNodeThatIsNoMemberAnyMoreIsNotAskedFor() {
    of("2").down("9");
    assertThat(asked).isEmpty();
  }
}
