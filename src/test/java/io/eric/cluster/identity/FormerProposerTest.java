package io.eric.cluster.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.cluster.identity.Agreement.Stage;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Other settings do not make a second cluster out of nodes that may be members of one. */
class FormerProposerTest {

  private final SimulatedTime time = new SimulatedTime();
  private final List<Agreement> recorded = new ArrayList<>();

  private static List<Seat> seats(String... nodes) {
    return Stream.of(nodes).map(each -> new Seat(each, each, 5801, 5802)).toList();
  }

  private static Agreement preparedBy(String proposer) {
    List<Member> members = seats("a", "b", "c").stream().map(each -> each.with("s")).toList();
    return new Agreement(Stage.PREPARED, 1, proposer, new Membership("first", 3, members));
  }

  private Formation alone(Agreement disk) {
    Applicant self = new Applicant("c", "s", 3, seats("c"));
    return new Formation(
        self,
        disk,
        (node, request) -> Future.failedFuture("there is no " + node),
        new SimulatedLoop(time),
        next -> {
          recorded.add(next);
          return Future.succeededFuture();
        });
  }

  @Test
  void aNodeThatHasAgreedDoesNotFormAnotherClusterWithoutTheProposer() {
    Formation formation = alone(preparedBy("a"));
    formation.start();
    time.pass(5_000);

    assertThat(recorded).isEmpty();
    assertThat(formation.state()).isEqualTo(Formation.State.PREPARED);
    assertThat(formation.waitingFor())
        .isEqualTo(
            new Waiting(
                List.of("a"),
                "node c has agreed to a cluster that node a may have formed, and the settings do"
                    + " not name that node: name it, or empty the directory of node c, or let `eric"
                    + " cluster form --force` go on without it"));
  }

  @Test
  void theOperatorMay() {
    Formation formation = alone(preparedBy("a"));
    formation.start();
    formation.force();
    time.pass(1_000);

    assertThat(formation.state()).isEqualTo(Formation.State.FORMED);
    assertThat(recorded)
        .last()
        .extracting(each -> each.membership().cluster())
        .isNotEqualTo("first");
  }

  @Test
  void theProposerItselfMayBecauseItHasNotFormedTheFormer() {
    Formation formation = alone(preparedBy("c"));
    formation.start();
    time.pass(1_000);

    assertThat(formation.state()).isEqualTo(Formation.State.FORMED);
  }
}
