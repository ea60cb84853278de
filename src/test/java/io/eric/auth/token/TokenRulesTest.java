package io.eric.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.UnauthorizedException;
import io.eric.auth.Access;
import io.eric.auth.Credential;
import io.eric.auth.Decision;
import io.eric.auth.Principal;
import io.eric.auth.Right;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** At 1,000,000 seconds, with tokens that are valid for an hour. */
class TokenRulesTest {

  private static final long NOW = 1_000_000;
  private static final long END = NOW + 3_600;
  private static final TokenRules RULES =
      new TokenRules(
          "https://id", Set.of("eric", "hub"), Set.of("ES256"), List.of("sub"), List.of("eric"));

  private static JsonObject claims() {
    return new JsonObject()
        .put("iss", "https://id")
        .put("aud", "eric")
        .put("sub", "ann")
        .put("jti", "t1")
        .put("iat", NOW - 10)
        .put("exp", END)
        .put("eric", new JsonObject().put("publish", new JsonArray().add("c.{sub}")));
  }

  private static Principal read(TokenRules rules, JsonObject claims, long nowMs) {
    return rules.principal(new SignedToken("", "ES256", "k1", claims), nowMs);
  }

  private static Principal read(JsonObject claims) {
    return read(RULES, claims, NOW * 1_000);
  }

  private static Decision publish(Principal principal, String channel, long nowMs) {
    return new Access(() -> nowMs, any -> false).decide(principal, Right.PUBLISH, channel, null);
  }

  @Test
  void aTokenInOrderMakesAPrincipal() {
    Principal ann = read(claims());
    assertThat(ann.subject()).isEqualTo("ann");
    assertThat(ann.credential())
        .isEqualTo(new Credential("t1", "k1", (NOW - 10) * 1_000, END * 1_000 + 30_000));
    assertThat(publish(ann, "c.ann", NOW * 1_000)).isEqualTo(Decision.ALLOWED);
    assertThat(publish(ann, "c.bob", NOW * 1_000)).isEqualTo(Decision.NOT_GRANTED);
  }

  @Test
  void clocksMayDifferByHalfAMinute() {
    long lastMs = END * 1_000 + 29_999;
    Principal ann = read(RULES, claims(), lastMs);
    assertThat(publish(ann, "c.ann", lastMs)).isEqualTo(Decision.ALLOWED);
    assertThat(publish(ann, "c.ann", lastMs + 1)).isEqualTo(Decision.EXPIRED);
    assertThat(read(claims().put("nbf", NOW + 30).put("iat", NOW + 30))).isNotNull();
    assertThat(read(claims().put("exp", NOW + 24 * 3_600 + 30))).isNotNull();
  }

  @Test
  void timesMayHaveFractions() {
    assertThat(read(claims().put("exp", NOW + 0.5)).credential().expiresAtMs())
        .isEqualTo(NOW * 1_000 + 30_500);
  }

  @Test
  void oneAudienceOfSeveralIsEnough() {
    assertThat(read(claims().put("aud", new JsonArray().add("other").add("hub")))).isNotNull();
  }

  @Test
  void aTokenNeedNotHaveANameOrSayWhenItWasIssued() {
    JsonObject claims = claims();
    claims.remove("jti");
    claims.remove("iat");
    assertThat(read(claims).credential().id()).isNull();
    assertThat(read(claims).credential().issuedAtMs()).isZero();
  }

  @Test
  void whoHasNoGrantsMayDoNothing() {
    JsonObject claims = claims();
    claims.remove("eric");
    assertThat(publish(read(claims), "c.ann", NOW * 1_000)).isEqualTo(Decision.NOT_GRANTED);
  }

  @Test
  void subjectAndGrantsAreWhereTheIssuerPutsThem() {
    TokenRules rules =
        new TokenRules(
            "https://id",
            Set.of("eric"),
            Set.of("ES256"),
            List.of("preferred_username"),
            List.of("resource_access", "https://eric/rights"));
    JsonObject claims =
        claims()
            .put("preferred_username", "bob")
            .put(
                "resource_access",
                new JsonObject()
                    .put(
                        "https://eric/rights",
                        new JsonObject().put("publish", new JsonArray().add("d.{sub}"))));
    Principal bob = read(rules, claims, NOW * 1_000);
    assertThat(bob.subject()).isEqualTo("bob");
    assertThat(publish(bob, "d.bob", NOW * 1_000)).isEqualTo(Decision.ALLOWED);
    assertThat(publish(bob, "c.ann", NOW * 1_000)).isEqualTo(Decision.NOT_GRANTED);
  }

  private record Wrong(JsonObject claims, String message) {
    @Override
    public String toString() {
      return message + ": " + claims;
    }
  }

  /** Each value in place of a claim; null takes the claim away. */
  private static Stream<Wrong> wrong(String claim, String message, @Nullable Object... values) {
    return Arrays.stream(values)
        .map(
            value -> {
              JsonObject claims = claims();
              claims.remove(claim);
              return new Wrong(value == null ? claims : claims.put(claim, value), message);
            });
  }

  private static Stream<Wrong> wrong() {
    String times = " of the token must be seconds since 1970";
    String names = " of the token must be a text of 1 to 256 characters without control characters";
    return Stream.of(
            wrong("iss", "the token is of another issuer", null, "https://id/", "HTTPS://ID", 1),
            wrong(
                "aud",
                "the token is for another audience (\"aud\")",
                null,
                "Eric",
                "",
                1,
                new JsonArray(),
                new JsonArray().add(1),
                new JsonArray().add("other"),
                new JsonObject().put("eric", true)),
            wrong("exp", "the token has no end (\"exp\")", (Object) null),
            wrong("exp", "the token has expired (\"exp\")", NOW - 30, 0),
            wrong(
                "exp",
                "the token is valid for more than 24 hours (\"exp\")",
                NOW + 24 * 3_600 + 31,
                99_999_999_999L),
            wrong("exp", "\"exp\"" + times, "1000000", -1, 1e12, Double.NaN, true),
            wrong("nbf", "the token is not valid yet (\"nbf\")", NOW + 31),
            wrong("nbf", "\"nbf\"" + times, "x", -1),
            wrong("iat", "the token was issued in the future (\"iat\")", NOW + 31),
            wrong("iat", "\"iat\"" + times, "x", new JsonArray()),
            wrong("sub", "the token has no subject (\"sub\")", (Object) null),
            wrong("sub", "its subject" + names, "", "a\nb", "\u0085", "x".repeat(257), 7),
            wrong("jti", "\"jti\"" + names, "", 7, "a\u0000"),
            wrong(
                "eric",
                "the token's grants (\"eric\") must be an object",
                "publish",
                new JsonArray().add("publish")),
            wrong(
                "eric",
                "the token's grants: \"publish\" must be a list of up to 64 patterns",
                new JsonObject().put("publish", "c")))
        .flatMap(each -> each);
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void whatIsNotValidIsRefused(Wrong each) {
    assertThatThrownBy(() -> read(each.claims))
        .isInstanceOf(UnauthorizedException.class)
        .hasMessage(each.message);
  }

  @Test
  void anAlgorithmThatTheIssuerDoesNotUseIsRefused() {
    assertThatThrownBy(
            () -> RULES.principal(new SignedToken("", "HS256", null, claims()), NOW * 1_000))
        .isInstanceOf(UnauthorizedException.class)
        .hasMessage("the issuer's tokens are not signed with this algorithm");
  }
}
