package io.eric.auth.token;

import io.eric.UnauthorizedException;
import io.eric.auth.Credential;
import io.eric.auth.Grants;
import io.eric.auth.Principal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a hub asks of the tokens of one issuer, and how it reads them. Immutable, so safe for any
 * thread.
 *
 * @param issuer the {@code iss} that they must have
 * @param audiences one of these must be their {@code aud}, or in it
 * @param algorithms what they may be signed with; a key is good for the algorithms of its kind only
 * @param subject where their subject is: {@code ["sub"]}, or the keys on the way to it
 * @param grants where their grants are: {@code ["eric"]}, or the keys on the way to them, such as
 *     {@code ["resource_access", "eric"]}; a token without any grants nothing
 */
public record TokenRules(
    String issuer,
    Set<String> audiences,
    Set<String> algorithms,
    List<String> subject,
    List<String> grants) {

  /**
   * By how much clocks may differ, in milliseconds. A token counts for so much longer, and before
   * it is valid.
   */
  public static final long LEEWAY_MS = 30_000;

  /** How long a token may be valid from now, in milliseconds. */
  public static final long MAX_LIFETIME_MS = TimeUnit.HOURS.toMillis(24);

  /** The greatest length of a subject and of a token's name, in characters. */
  private static final int MAX_NAME = 256;

  /** The greatest time that is taken for one, in seconds since 1970: in the year 5138. */
  private static final double MAX_SECONDS = 1e11;

  /** Copies what could be changed. */
  public TokenRules {
    audiences = Set.copyOf(audiences);
    algorithms = Set.copyOf(algorithms);
    subject = List.copyOf(subject);
    grants = List.copyOf(grants);
  }

  /**
   * Returns whom a token is for.
   *
   * @param token one whose signature was verified
   * @param nowMs the time in milliseconds since 1970
   * @throws UnauthorizedException if the token is not valid for this hub, or not now; the message
   *     says why and has nothing of the token in it
   */
  public Principal principal(SignedToken token, long nowMs) {
    JsonObject claims = token.claims();
    if (!algorithms.contains(token.algorithm())) {
      throw new UnauthorizedException("the issuer's tokens are not signed with this algorithm");
    }
    if (!issuer.equals(claims.getValue("iss"))) {
      throw new UnauthorizedException("the token is of another issuer");
    }
    if (!isForUs(claims.getValue("aud"))) {
      throw new UnauthorizedException("the token is for another audience (\"aud\")");
    }
    long expiresAt = expiry(claims, nowMs);
    Long notBefore = time(claims, "nbf");
    if (notBefore != null && nowMs < notBefore - LEEWAY_MS) {
      throw new UnauthorizedException("the token is not valid yet (\"nbf\")");
    }
    Long issuedAt = time(claims, "iat");
    if (issuedAt != null && nowMs < issuedAt - LEEWAY_MS) {
      throw new UnauthorizedException("the token was issued in the future (\"iat\")");
    }
    String name = name("its subject", at(claims, subject));
    if (name == null) {
      throw new UnauthorizedException(
          "the token has no subject (\"" + String.join(".", subject) + "\")");
    }
    return new Principal(
        name,
        grants(claims, name),
        new Credential(
            name("\"jti\"", claims.getValue("jti")),
            token.key(),
            issuedAt == null ? 0 : issuedAt,
            expiresAt));
  }

  private boolean isForUs(@Nullable Object audience) {
    if (audience instanceof String one) {
      return audiences.contains(one);
    }
    return audience instanceof JsonArray several
        && several.stream().anyMatch(one -> one instanceof String && audiences.contains(one));
  }

  private static long expiry(JsonObject claims, long nowMs) {
    Long expiry = time(claims, "exp");
    if (expiry == null) {
      throw new UnauthorizedException("the token has no end (\"exp\")");
    }
    if (nowMs >= expiry + LEEWAY_MS) {
      throw new UnauthorizedException("the token has expired (\"exp\")");
    }
    if (expiry - nowMs > MAX_LIFETIME_MS + LEEWAY_MS) {
      throw new UnauthorizedException("the token is valid for more than 24 hours (\"exp\")");
    }
    return expiry + LEEWAY_MS;
  }

  private static @Nullable Long time(JsonObject claims, String claim) {
    Object value = claims.getValue(claim);
    if (value == null && !claims.containsKey(claim)) {
      return null;
    }
    if (value instanceof Number number) {
      double seconds = number.doubleValue();
      if (seconds >= 0 && seconds <= MAX_SECONDS) {
        return (long) (seconds * 1_000);
      }
    }
    throw new UnauthorizedException("\"" + claim + "\" of the token must be seconds since 1970");
  }

  private static @Nullable String name(String what, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    if (value instanceof String text
        && !text.isEmpty()
        && text.length() <= MAX_NAME
        && text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    throw new UnauthorizedException(
        what
            + " of the token must be a text of 1 to "
            + MAX_NAME
            + " characters without control characters");
  }

  private Grants grants(JsonObject claims, String name) {
    Object value = at(claims, grants);
    if (value == null) {
      return Grants.nothing();
    }
    if (value instanceof JsonObject json) {
      try {
        return Grants.of(json, name);
      } catch (IllegalArgumentException e) {
        throw new UnauthorizedException("the token's grants: " + e.getMessage());
      }
    }
    throw new UnauthorizedException(
        "the token's grants (\"" + String.join(".", grants) + "\") must be an object");
  }

  private static @Nullable Object at(JsonObject claims, List<String> path) {
    Object value = claims;
    for (String key : path) {
      if (!(value instanceof JsonObject object)) {
        return null;
      }
      value = object.getValue(key);
    }
    return value;
  }
}
