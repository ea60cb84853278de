package io.eric.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.eric.auth.Revocation.Kind;
import org.junit.jupiter.api.Test;

class RevocationsTest {

  private static final long NEVER = Long.MAX_VALUE;

  private final Revocations revocations = new Revocations(2);

  private static Principal ann(String id, String key, long issuedAtMs) {
    return new Principal("ann", Grants.nothing(), new Credential(id, key, issuedAtMs, NEVER));
  }

  @Test
  void aTokenIsRevokedByItsName() {
    revocations.add(new Revocation(Kind.ID, "1", NEVER), NEVER);
    assertThat(revocations.isRevoked(ann("1", "k", 0))).isTrue();
    assertThat(revocations.isRevoked(ann("2", "k", 0))).isFalse();
    assertThat(revocations.isRevoked(ann(null, null, 0))).isFalse();
  }

  @Test
  void aSubjectMayComeBackWithATokenThatWasIssuedLater() {
    revocations.add(new Revocation(Kind.SUBJECT, "ann", 1_000), NEVER);
    assertThat(revocations.isRevoked(ann("1", "k", 999))).isTrue();
    assertThat(revocations.isRevoked(ann("1", "k", 1_000))).isFalse();
    assertThat(
            revocations.isRevoked(
                new Principal("bob", Grants.nothing(), new Credential("1", "k", 0, NEVER))))
        .isFalse();
  }

  @Test
  void aKeyTakesItsTokensWithIt() {
    revocations.add(new Revocation(Kind.KEY, "k", NEVER), NEVER);
    assertThat(revocations.isRevoked(ann("1", "k", 0))).isTrue();
    assertThat(revocations.isRevoked(ann("k", "other", 0))).isFalse();
  }

  @Test
  void aNameThatWasRevokedEarlierIsNotGivenBackByAnOlderRevocation() {
    revocations.add(new Revocation(Kind.SUBJECT, "ann", 1_000), 5_000);
    revocations.add(new Revocation(Kind.SUBJECT, "ann", 500), 4_000);
    revocations.expire(4_500);
    assertThat(revocations.isRevoked(ann("1", "k", 999))).isTrue();
    revocations.expire(5_000);
    assertThat(revocations.list()).isEmpty();
    assertThat(revocations.isRevoked(ann("1", "k", 999))).isFalse();
  }

  @Test
  void aFullListSaysSo() {
    assertThat(revocations.add(new Revocation(Kind.ID, "1", NEVER), 1_000)).isTrue();
    assertThat(revocations.add(new Revocation(Kind.ID, "2", NEVER), 2_000)).isTrue();
    assertThat(revocations.add(new Revocation(Kind.ID, "3", NEVER), 3_000)).isFalse();
    assertThat(revocations.isRevoked(ann("3", "k", 0))).isFalse();
    assertThat(revocations.add(new Revocation(Kind.ID, "1", NEVER), 3_000))
        .as("it is there already")
        .isTrue();
    revocations.expire(2_000);
    assertThat(revocations.add(new Revocation(Kind.ID, "3", NEVER), 3_000)).isTrue();
  }
}
