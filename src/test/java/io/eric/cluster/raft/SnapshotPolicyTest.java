package io.eric.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SnapshotPolicyTest {

  private final SnapshotPolicy policy = new SnapshotPolicy(100);

  @Test
  void aSnapshotIsDueWhenTheLogIsLargerThanTheMinimum() {
    assertThat(policy.applied(60)).isFalse();
    assertThat(policy.applied(40)).isFalse();
    assertThat(policy.applied(1)).isTrue();
  }

  @Test
  void aLargeStateIsNotWrittenMoreOftenThanItIsReplaced() {
    policy.begun();
    policy.ended(1_000);
    assertThat(policy.applied(1_000)).isFalse();
    assertThat(policy.applied(1)).isTrue();
  }

  @Test
  void noneIsDueWhileOneIsUnderWayButWhatIsAppliedMeanwhileCounts() {
    policy.begun();
    assertThat(policy.applied(500)).isFalse();
    policy.ended(10);
    assertThat(policy.applied(1)).isTrue();
  }

  @Test
  void afterAFailureTheNextOneWaitsForAsMuchAgain() {
    policy.applied(500);
    policy.begun();
    policy.failed();
    assertThat(policy.applied(100)).isFalse();
    assertThat(policy.applied(1)).isTrue();
  }

  @Test
  void aRestoredStateHasNoLogYet() {
    policy.applied(99);
    policy.restored(200);
    assertThat(policy.applied(200)).isFalse();
    assertThat(policy.applied(1)).isTrue();
  }
}
