package io.eric.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RolesTest {

  private final RecordingObserver observer = new RecordingObserver();
  private final Roles roles = new Roles(observer);

  @Test
  void aLeadershipIsToldWithItsEnd() {
    roles.leads(1, () -> true);
    assertThat(observer.leads()).isTrue();
    roles.follows();
    assertThat(observer.leads()).isFalse();
  }

  @Test
  void aLeadershipThatEndedBeforeItWasToldIsNot() {
    roles.follows();
    roles.leads(1, () -> false);
    assertThat(observer.leads()).isFalse();
  }

  @Test
  void aReplicaThatHasFailedLeadsNeverMoreAndOnlyTheFirstReasonIsTold() {
    IllegalStateException disk = new IllegalStateException("disk full");
    roles.leads(1, () -> true);
    roles.failed(disk);
    roles.failed(new IllegalStateException("closed"));
    roles.ended();
    roles.leads(2, () -> true);
    assertThat(observer.leads()).isFalse();
    assertThat(observer.failure()).isSameAs(disk);
  }

  @Test
  void anEndThatNobodyIntendedIsAFailure() {
    roles.ended();
    assertThat(observer.failure()).hasMessageContaining("ended by itself");
  }

  @Test
  void anIntendedEndIsNone() {
    roles.leads(1, () -> true);
    roles.close();
    roles.ended();
    assertThat(observer.failure()).isNull();
  }
}
