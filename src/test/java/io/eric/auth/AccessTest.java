package io.eric.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.ForbiddenException;
import io.eric.UnauthorizedException;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AccessTest {

  private final AtomicLong now = new AtomicLong(1_000);
  private final AtomicBoolean revoked = new AtomicBoolean();
  private final Access access = new Access(now::get, principal -> revoked.get());

  private static Principal ann(String grants) {
    return new Principal(
        "ann", Grants.of(new JsonObject(grants), "ann"), new Credential("id", "key", 0, 2_000));
  }

  @Test
  void aGrantAllowsUntilItsTokenExpires() {
    Principal ann = ann("{\"publish\":[\"c\"]}");
    now.set(1_999);
    assertThat(access.decide(ann, Right.PUBLISH, "c", null)).isEqualTo(Decision.ALLOWED);
    assertThat(access.decide(ann, Right.PUBLISH, "d", null)).isEqualTo(Decision.NOT_GRANTED);
    now.set(2_000);
    assertThat(access.decide(ann, Right.PUBLISH, "c", null)).isEqualTo(Decision.EXPIRED);
    assertThat(access.decide(ann, Right.PUBLISH, "d", null)).isEqualTo(Decision.EXPIRED);
  }

  @Test
  void aRevokedTokenAllowsNothing() {
    revoked.set(true);
    assertThat(access.decide(ann("{\"admin\":true}"), Right.ADMIN, null, null))
        .isEqualTo(Decision.REVOKED);
  }

  @Test
  void onlyAnAdministratorAdministers() {
    assertThat(access.decide(ann("{\"manage\":[\"**\"]}"), Right.ADMIN, null, null))
        .isEqualTo(Decision.NOT_GRANTED);
    assertThat(access.decide(ann("{\"admin\":true}"), Right.ADMIN, null, null))
        .isEqualTo(Decision.ALLOWED);
  }

  @ParameterizedTest
  @EnumSource(Right.class)
  void whoIsLocalMayDoEverything(Right right) {
    now.set(Long.MAX_VALUE - 1);
    assertThat(access.decide(Principal.local(), right, "c", "l")).isEqualTo(Decision.ALLOWED);
  }

  @Test
  void whatNeedsNoRightIsAllowedWithAnExpiredTokenToo() {
    now.set(3_000);
    revoked.set(true);
    assertThat(access.decide(ann("{}"), Right.NONE, null, null)).isEqualTo(Decision.ALLOWED);
  }

  @Test
  void aDoorMustSayWhatFor() {
    assertThatThrownBy(() -> access.decide(ann("{\"admin\":true}"), Right.PUBLISH, null, null))
        .hasMessage("the right publish is asked for without saying what for");
    assertThatThrownBy(() -> access.decide(ann("{\"admin\":true}"), Right.LISTEN, "c", null))
        .hasMessage("the right listen is asked for without saying what for");
  }

  @Test
  void eachRefusalHasItsError() {
    assertThat(Decision.EXPIRED.refusal(Right.PUBLISH))
        .isInstanceOf(UnauthorizedException.class)
        .hasMessageContaining("the token has expired");
    assertThat(Decision.REVOKED.refusal(Right.PUBLISH)).isInstanceOf(UnauthorizedException.class);
    assertThat(Decision.NOT_GRANTED.refusal(Right.PUBLISH))
        .isInstanceOf(ForbiddenException.class)
        .hasMessageContaining("the token does not grant this: it needs the right publish");
    assertThatThrownBy(() -> Decision.ALLOWED.refusal(Right.PUBLISH))
        .isInstanceOf(IllegalStateException.class);
  }
}
