package io.eric.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.cluster.raft.FollowerWatch.Progress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FollowerWatchTest {

  private final Group group = new Group();
  private final FollowerWatch watch = new FollowerWatch(group);
  private long now;

  /** Lets the watch look each second. */
  private void pass(long seconds) {
    for (long i = 0; i < seconds; i++) {
      watch.check(now += 1_000);
      group.committed += group.growth;
    }
  }

  private void follower(long matched, long silentMs, boolean fed, boolean needsSnapshot) {
    group.followers = List.of(new Progress("2", matched, silentMs, fed, needsSnapshot));
  }

  @ParameterizedTest
  @CsvSource({
    // matched, silent for, fed, needs a snapshot, entries per second, times given up
    "50, 100, true, false, 1, 1", // answers and does not move
    "50, 100, true, false, 0, 0", // nothing new was committed that it could lack
    "9999, 100, true, false, 1, 0", // has everything
    "50, 60000, true, false, 1, 0", // is down
    "50, 100, true, true, 1, 0", // waits for a snapshot
    "50, 100, false, false, 0, 1", // nothing feeds it
    "50, 60000, false, true, 0, 1", // nothing feeds it
  })
  void onlyAFollowerThatIsNotFedCostsTheLead(
      long matched, long silentMs, boolean fed, boolean needsSnapshot, long growth, int given) {
    group.growth = growth;
    follower(matched, silentMs, fed, needsSnapshot);
    pass(15);
    assertThat(group.reasons).hasSize(given);
  }

  @Test
  void aFollowerThatMovesHasTimeAgain() {
    group.growth = 10;
    for (int i = 0; i < 10; i++) {
      follower(i, 100, true, false);
      pass(8);
    }
    assertThat(group.reasons).isEmpty();
    pass(4);
    assertThat(group.reasons)
        .singleElement()
        .asString()
        .contains("node 2 is not fed any more, it has stopped at entry 9");
  }

  @Test
  void feedingMayBeginAMomentAfterTheLeadership() {
    follower(50, 100, false, false);
    pass(1);
    follower(50, 100, true, false);
    pass(5);
    follower(50, 100, false, false);
    pass(1);
    assertThat(group.reasons).isEmpty();
  }

  @Test
  void theNextInterventionWaits() {
    group.growth = 1;
    follower(50, 100, true, false);
    pass(40);
    assertThat(group.reasons).hasSize(1);
    pass(60);
    assertThat(group.reasons).hasSize(2);
  }

  @Test
  void aNodeThatDoesNotLeadHasNoFollowers() {
    group.growth = 1;
    group.leads = false;
    follower(50, 100, false, false);
    pass(30);
    assertThat(group.reasons).isEmpty();
  }

  private static final class Group implements FollowerWatch.Leader {
    private boolean leads = true;
    private long committed = 1_000;
    private long growth;
    private List<Progress> followers = List.of();
    private final List<String> reasons = new ArrayList<>();

    @Override
    public boolean leads() {
      return leads;
    }

    @Override
    public long committed() {
      return committed;
    }

    @Override
    public List<Progress> followers() {
      return followers;
    }

    @Override
    public void giveUp(String reason) {
      reasons.add(reason);
    }
  }
}
