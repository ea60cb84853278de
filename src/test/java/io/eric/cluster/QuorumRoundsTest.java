package io.eric.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.UnavailableException;
import io.eric.simulation.SimulatedLoop;
import io.eric.simulation.SimulatedTime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Proofs of a quorum over a line that answers when the test says so. */
class QuorumRoundsTest {

  private final SimulatedTime time = new SimulatedTime();
  private final Others others = new Others("a", "b");
  private final QuorumRounds rounds = new QuorumRounds(others, new SimulatedLoop(time));

  @Test
  void oneOfTwoOthersIsEnoughForThree() {
    Future<Void> proof = rounds.prove();
    assertThat(others.asked()).containsExactly("a", "b");
    assertThat(proof.isComplete()).isFalse();
    others.answer(1, true);
    assertThat(proof.succeeded()).isTrue();
  }

  @Test
  void whoIsNotSeenByEnoughHasNoProof() {
    Future<Void> proof = rounds.prove();
    others.answer(0, false);
    assertThat(proof.isComplete()).isFalse();
    others.fail(1);
    assertThat(proof.cause()).isInstanceOf(UnavailableException.class);
  }

  @Test
  void withoutAnswersAProofFailsAfterTwoSeconds() {
    Future<Void> proof = rounds.prove();
    time.pass(QuorumRounds.ROUND_MS - 1);
    assertThat(proof.isComplete()).isFalse();
    time.pass(1);
    assertThat(proof.cause()).isInstanceOf(UnavailableException.class);
    others.answer(0, true); // too late, and for nobody
    Future<Void> next = rounds.prove();
    assertThat(next.isComplete()).isFalse();
    others.answer(2, true);
    assertThat(next.succeeded()).isTrue();
  }

  @Test
  void allWhoAskDuringARoundWaitForOneMore() {
    Future<Void> first = rounds.prove();
    List<Future<Void>> during = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      during.add(rounds.prove());
    }
    time.pass(1_000);
    assertThat(others.asked()).as("one round").hasSize(2);
    others.answer(0, true);
    assertThat(first.succeeded()).isTrue();
    assertThat(others.asked()).as("one round more").hasSize(4);
    assertThat(during).noneMatch(Future::isComplete);
    others.answer(1, true); // of the first round: said before the others asked, perhaps
    assertThat(during).noneMatch(Future::isComplete);
    others.answer(3, true);
    assertThat(during).allMatch(Future::succeeded);
    time.pass(1_000);
    assertThat(others.asked()).as("nobody waits").hasSize(4);
  }

  @Test
  void roundsDoNotFollowEachOtherAtOnce() {
    rounds.prove();
    others.answer(0, true);
    Future<Void> second = rounds.prove();
    assertThat(others.asked()).hasSize(2);
    time.pass(QuorumRounds.PAUSE_MS);
    assertThat(others.asked()).hasSize(4);
    others.answer(2, true);
    assertThat(second.succeeded()).isTrue();
  }

  @Test
  void aQuorumOfOneIsProvedAtOnce() {
    others.quorum = 1;
    assertThat(rounds.prove().succeeded()).isTrue();
    assertThat(others.asked()).isEmpty();
  }

  @Test
  void whoSeesNoQuorumAsksNobody() {
    others.names.clear();
    assertThat(rounds.prove().cause()).isInstanceOf(UnavailableException.class);
    assertThat(others.asked()).isEmpty();
  }

  @Test
  void whoHearsOfItsLossDuringTheRoundHasNoProof() {
    Future<Void> proof = rounds.prove();
    others.names.clear();
    others.answer(0, true);
    assertThat(proof.cause()).isInstanceOf(UnavailableException.class);
  }

  private static final class Others implements QuorumRounds.Electorate {
    private final Set<String> names;
    private final List<String> asked = new ArrayList<>();
    private final List<Promise<Boolean>> answers = new ArrayList<>();
    private int quorum = 2;

    private Others(String... names) {
      this.names = new TreeSet<>(Set.of(names));
    }

    private List<String> asked() {
      return asked;
    }

    private void answer(int question, boolean yes) {
      answers.get(question).complete(yes);
    }

    private void fail(int question) {
      answers.get(question).fail("no answer");
    }

    @Override
    public int quorum() {
      return quorum;
    }

    @Override
    public boolean hasQuorum() {
      return names.size() + 1 >= quorum;
    }

    @Override
    public Set<String> others() {
      return names;
    }

    @Override
    public Future<Boolean> seesThisNode(String other, long timeoutMs) {
      asked.add(other);
      Promise<Boolean> answer = Promise.promise();
      answers.add(answer);
      return answer.future();
    }
  }
}
