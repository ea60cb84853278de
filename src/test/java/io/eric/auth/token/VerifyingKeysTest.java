package io.eric.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.UnauthorizedException;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real keys of all kinds, and tokens that were signed with them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerifyingKeysTest {

  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  private final Vertx vertx = Vertx.vertx();
  private KeyPair rsa;

  @BeforeAll
  void makeKey() throws GeneralSecurityException {
    rsa = pair("RSA", 2_048);
  }

  @AfterAll
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private static KeyPair pair(String kind, int size) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
    generator.initialize(size);
    return generator.generateKeyPair();
  }

  private static KeyPair curve(String name) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(name));
    return generator.generateKeyPair();
  }

  private static String number(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    byte[] padded = new byte[length];
    int from = Math.max(0, bytes.length - length);
    System.arraycopy(bytes, from, padded, length - bytes.length + from, bytes.length - from);
    return BASE64.encodeToString(padded);
  }

  private static JsonObject jwk(RSAPublicKey key) {
    return new JsonObject()
        .put("kty", "RSA")
        .put("n", number(key.getModulus(), (key.getModulus().bitLength() + 7) / 8))
        .put("e", BASE64.encodeToString(key.getPublicExponent().toByteArray()));
  }

  private static JsonObject jwk(ECPublicKey key, String curve) {
    int length = (key.getParams().getCurve().getField().getFieldSize() + 7) / 8;
    return new JsonObject()
        .put("kty", "EC")
        .put("crv", curve)
        .put("x", number(key.getW().getAffineX(), length))
        .put("y", number(key.getW().getAffineY(), length));
  }

  private static JsonObject jwk(EdECPublicKey key) {
    byte[] y = new byte[32];
    byte[] big = key.getPoint().getY().toByteArray();
    for (int i = 0; i < Math.min(32, big.length); i++) {
      y[i] = big[big.length - 1 - i];
    }
    if (key.getPoint().isXOdd()) {
      y[31] |= (byte) 0x80;
    }
    return new JsonObject()
        .put("kty", "OKP")
        .put("crv", "Ed25519")
        .put("x", BASE64.encodeToString(y));
  }

  private static JsonObject secret(String text) {
    return new JsonObject()
        .put("kty", "oct")
        .put("k", BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String pem(KeyPair pair) {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }

  private String sign(String algorithm, String key, String name) {
    JWTAuth signer =
        JWTAuth.create(
            vertx,
            new JWTAuthOptions()
                .addPubSecKey(
                    new PubSecKeyOptions().setAlgorithm(algorithm).setId(name).setBuffer(key)));
    return signer.generateToken(
        new JsonObject().put("sub", "ann").put("exp", 1), new JWTOptions().setAlgorithm(algorithm));
  }

  private static boolean verifies(VerifyingKeys keys, String token) {
    Throwable failure = keys.verify(SignedToken.read(token)).cause();
    assertThat(failure == null || failure instanceof UnauthorizedException).isTrue();
    return failure == null;
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
  void anRsaKeyVerifiesItsAlgorithmAndNoOther(String algorithm) {
    JsonObject key = jwk((RSAPublicKey) rsa.getPublic());
    VerifyingKeys keys = VerifyingKeys.ofPublic(vertx, List.of(key.copy().put("alg", algorithm)));
    assertThat(verifies(keys, sign(algorithm, pem(rsa), "k"))).isTrue();
    String other = algorithm.equals("RS256") ? "PS256" : "RS256";
    assertThat(verifies(keys, sign(other, pem(rsa), "k"))).isFalse();
    assertThat(verifies(VerifyingKeys.ofPublic(vertx, List.of(key)), sign("RS256", pem(rsa), "k")))
        .as("RS256 is what a key without \"alg\" is for")
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource({"ES256, secp256r1, P-256", "ES384, secp384r1, P-384", "ES512, secp521r1, P-521"})
  void aKeyOfACurveVerifiesTheAlgorithmOfTheCurve(String algorithm, String jdk, String name)
      throws GeneralSecurityException {
    KeyPair pair = curve(jdk);
    JsonObject key = jwk((ECPublicKey) pair.getPublic(), name);
    VerifyingKeys keys = VerifyingKeys.ofPublic(vertx, List.of(key));
    assertThat(verifies(keys, sign(algorithm, pem(pair), "k"))).isTrue();
    assertThat(verifies(keys, sign(algorithm, pem(curve(jdk)), "k"))).isFalse();
  }

  @Test
  void anEdwardsKeyVerifies() throws GeneralSecurityException {
    KeyPair pair = pair("Ed25519", 255);
    JsonObject key = jwk((EdECPublicKey) pair.getPublic());
    VerifyingKeys keys = VerifyingKeys.ofPublic(vertx, List.of(key));
    assertThat(verifies(keys, sign("EdDSA", pem(pair), "k"))).isTrue();
  }

  @Test
  void aSecretVerifiesIfItIsOne() {
    VerifyingKeys keys = VerifyingKeys.ofPrivate(vertx, List.of(secret(SECRET)));
    assertThat(verifies(keys, sign("HS256", SECRET, "k"))).isTrue();
    assertThat(verifies(keys, sign("HS256", SECRET + "x", "k"))).isFalse();
    assertThatThrownBy(() -> VerifyingKeys.ofPublic(vertx, List.of(secret(SECRET))))
        .hasMessage("a key without \"kid\": \"kty\" must be one of EC, OKP, RSA");
  }

  /** The oldest trick: the public key, which everybody has, as the secret. */
  @Test
  void aPublicKeyIsNoSecret() {
    VerifyingKeys keys =
        VerifyingKeys.ofPrivate(
            vertx, List.of(jwk((RSAPublicKey) rsa.getPublic()), secret(SECRET)));
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(rsa.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n";
    for (String known : Arrays.asList(pem, pem.strip(), rsa.getPublic().toString())) {
      assertThat(verifies(keys, sign("HS256", known, "k"))).isFalse();
    }
  }

  @Test
  void aTokenThatNamesAKeyIsVerifiedWithThatOne() throws GeneralSecurityException {
    KeyPair other = pair("RSA", 2_048);
    VerifyingKeys keys =
        VerifyingKeys.ofPublic(
            vertx,
            List.of(
                jwk((RSAPublicKey) rsa.getPublic()).put("kid", "old"),
                jwk((RSAPublicKey) other.getPublic()).put("kid", "new"),
                new JsonObject().put("kty", "RSA").put("use", "enc").put("kid", "encryption")));
    assertThat(verifies(keys, sign("RS256", pem(rsa), "old"))).isTrue();
    assertThat(verifies(keys, sign("RS256", pem(other), "new"))).isTrue();
    assertThat(verifies(keys, sign("RS256", pem(rsa), "new"))).isFalse();
    assertThat(verifies(keys, sign("RS256", pem(rsa), "gone"))).isFalse();
  }

  @Test
  void whatWasChangedAfterwardsIsNotSigned() {
    VerifyingKeys keys =
        VerifyingKeys.ofPublic(vertx, List.of(jwk((RSAPublicKey) rsa.getPublic())));
    String[] parts = sign("RS256", pem(rsa), "k").split("\\.", -1);
    String claims = BASE64.encodeToString("{\"sub\":\"root\"}".getBytes(StandardCharsets.UTF_8));
    assertThat(verifies(keys, parts[0] + "." + claims + "." + parts[2])).isFalse();
    assertThat(
            verifies(keys, parts[0] + "." + parts[1] + "." + BASE64.encodeToString(new byte[256])))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'kty':'RSA','n':'AQAB','e':'AQAB'} | a key without \"kid\": an RSA key must have 2048"
            + " bits or more",
        "{'kty':'RSA','kid':'a','n':'?','e':'AQAB'} | the key \"a\": \"n\" must be base64url",
        "{'kty':'RSA','kid':'a'} | the key \"a\": \"n\" must be base64url",
        "{'kty':'RSA','kid':'a','alg':'HS256','n':'AQAB'} | the key \"a\": \"alg\" of a key of this"
            + " kind must be one of RS256, RS384, RS512, PS256, PS384, PS512",
        "{'kty':'EC','kid':'a','alg':'RS256','crv':'P-256'} | the key \"a\": \"alg\" of a key of"
            + " this kind must be one of ES256, ES384, ES512",
        "{'kty':'EC','kid':'a','alg':'ES256','crv':'P-384'} | the key \"a\": \"crv\" of a key for"
            + " ES256 must be P-256",
        "{'kty':'EC','kid':'a','crv':'secp256k1'} | the key \"a\": \"crv\" of a key for ES256 must"
            + " be P-256",
        "{'kty':'OKP','kid':'a','crv':'X25519'} | the key \"a\": \"crv\" of a key for EdDSA must be"
            + " Ed25519",
        "{'kty':'oct','kid':'a','k':'AQAB'} | the key \"a\": a secret must have 32 bytes or more",
        "{'kty':'oct','kid':'a','alg':'none','k':'AQAB'} | the key \"a\": \"alg\" of a key of this"
            + " kind must be one of HS256, HS384, HS512",
        "{'kty':'x','kid':'a'} | the key \"a\": \"kty\" must be one of EC, OKP, RSA, oct",
        "{'kid':'a'} | the key \"a\": \"kty\" must be one of EC, OKP, RSA, oct",
        "{'kid':'a','use':'enc'} | there is no key for signatures",
      })
  void aKeyThatCannotBeUsedIsNamed(String key, String message) {
    assertThatThrownBy(
            () -> VerifyingKeys.ofPrivate(vertx, List.of(new JsonObject(key.replace('\'', '"')))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void noKeysAreNoReasonToTrustEverybody() {
    assertThatThrownBy(() -> VerifyingKeys.ofPublic(vertx, List.of()))
        .hasMessage("there is no key for signatures");
  }
}
