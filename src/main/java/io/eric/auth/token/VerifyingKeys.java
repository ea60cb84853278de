package io.eric.auth.token;

import io.eric.UnauthorizedException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an issuer, with which its tokens' signatures are verified. Immutable, so safe for any
 * thread.
 */
public final class VerifyingKeys {

  /** What the keys of each kind may sign, the first one unless the key says which. */
  private static final Map<String, List<String>> ALGORITHMS =
      Map.of(
          "RSA", List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
          "EC", List.of("ES256", "ES384", "ES512"),
          "OKP", List.of("EdDSA"),
          "oct", List.of("HS256", "HS384", "HS512"));

  /** The curve of each algorithm, because a signature's length depends on it. */
  private static final Map<String, String> CURVES =
      Map.of("ES256", "P-256", "ES384", "P-384", "ES512", "P-521", "EdDSA", "Ed25519");

  private static final int MIN_RSA_BITS = 2_048;
  private static final int MIN_SECRET_BYTES = 32;

  /** How many keys an issuer may have. */
  private static final int MOST = 64;

  private static final Set<String> PUBLIC = Set.of("RSA", "EC", "OKP");

  private final JWTAuth library;

  private VerifyingKeys(JWTAuth library) {
    this.library = library;
  }

  /**
   * Takes keys that everybody may read, as an issuer publishes them. Among these a secret is
   * refused, since it would be none.
   *
   * @param keys JSON Web Keys (RFC 7517); those for encryption are left out
   * @throws IllegalArgumentException if a key cannot be used, or there is none; the message says
   *     why and has nothing of a key in it but its name
   */
  public static VerifyingKeys ofPublic(Vertx vertx, List<JsonObject> keys) {
    return of(vertx, keys, PUBLIC);
  }

  /**
   * Takes keys out of a file that only the hub and the issuer can read; see {@link #ofPublic}.
   * Secrets need 32 bytes.
   */
  public static VerifyingKeys ofPrivate(Vertx vertx, List<JsonObject> keys) {
    return of(vertx, keys, ALGORITHMS.keySet());
  }

  private static VerifyingKeys of(Vertx vertx, List<JsonObject> keys, Set<String> kinds) {
    // The library judges nothing but signatures: what it says of times and names is not enough.
    JWTAuthOptions options =
        new JWTAuthOptions().setJWTOptions(new JWTOptions().setIgnoreExpiration(true));
    if (keys.size() > MOST) {
      throw new IllegalArgumentException("there are more than " + MOST + " keys");
    }
    boolean isEmpty = true;
    for (JsonObject key : keys) {
      if ("enc".equals(key.getValue("use"))) {
        continue;
      }
      options.addJwk(checked(key, kinds));
      isEmpty = false;
    }
    if (isEmpty) { // the library would take tokens that nobody has signed
      throw new IllegalArgumentException("there is no key for signatures");
    }
    return new VerifyingKeys(JWTAuth.create(vertx, options));
  }

  private static JsonObject checked(JsonObject key, Set<String> kinds) {
    String kind = text(key, "kty");
    if (kind == null || !kinds.contains(kind)) {
      throw refused(
          key, "\"kty\" must be one of " + String.join(", ", kinds.stream().sorted().toList()));
    }
    List<String> algorithms = ALGORITHMS.getOrDefault(kind, List.of());
    String said = text(key, "alg");
    String algorithm = said == null ? algorithmOf(key, kind) : said;
    if (!algorithms.contains(algorithm)) {
      throw refused(
          key, "\"alg\" of a key of this kind must be one of " + String.join(", ", algorithms));
    }
    String curve = CURVES.get(algorithm);
    if (curve != null && !curve.equals(text(key, "crv"))) {
      throw refused(key, "\"crv\" of a key for " + algorithm + " must be " + curve);
    }
    if (kind.equals("RSA") && bits(bytes(key, "n")) < MIN_RSA_BITS) {
      throw refused(key, "an RSA key must have " + MIN_RSA_BITS + " bits or more");
    }
    if (kind.equals("oct") && bytes(key, "k").length < MIN_SECRET_BYTES) {
      throw refused(key, "a secret must have " + MIN_SECRET_BYTES + " bytes or more");
    }
    return key.copy().put("alg", algorithm);
  }

  private static String algorithmOf(JsonObject key, String kind) {
    if (kind.equals("EC")) {
      String curve = text(key, "crv");
      return CURVES.entrySet().stream()
          .filter(each -> each.getValue().equals(curve))
          .map(Map.Entry::getKey)
          .findFirst()
          .orElse("ES256");
    }
    return ALGORITHMS.getOrDefault(kind, List.of("")).get(0);
  }

  private static @Nullable String text(JsonObject key, String part) {
    return key.getValue(part) instanceof String text ? text : null;
  }

  private static byte[] bytes(JsonObject key, String part) {
    String encoded = text(key, part);
    try {
      if (encoded != null) {
        return Base64.getUrlDecoder().decode(encoded);
      }
    } catch (IllegalArgumentException e) {
      // The message of the decoder has a character of the key in it.
    }
    throw refused(key, "\"" + part + "\" must be base64url");
  }

  /** Returns the length of a number in bits, leading zeros left out. */
  private static int bits(byte[] number) {
    return new java.math.BigInteger(1, number).bitLength();
  }

  private static IllegalArgumentException refused(JsonObject key, String why) {
    String name = text(key, "kid");
    return new IllegalArgumentException(
        (name == null ? "a key without \"kid\"" : "the key \"" + name + "\"") + ": " + why);
  }

  /**
   * Verifies a token's signature, which takes some tenths of a millisecond on the caller's thread.
   *
   * @return fails with {@link UnauthorizedException} if none of the keys has signed the token
   */
  public Future<Void> verify(SignedToken token) {
    return library
        .authenticate(new TokenCredentials(token.text()))
        .<Void>mapEmpty()
        .recover(
            failure ->
                Future.failedFuture(
                    new UnauthorizedException("the token is not signed with a key of its issuer")));
  }
}
