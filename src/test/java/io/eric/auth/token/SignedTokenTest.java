package io.eric.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.eric.UnauthorizedException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignedTokenTest {

  private static final String HEADER = "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"JWT\"}";
  private static final String CLAIMS = "{\"sub\":\"ann\",\"exp\":1}";
  private static final String SIGNATURE = encode("signature");

  private static String encode(String text) {
    return encode(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String token(String header, String claims) {
    return encode(header) + "." + encode(claims) + "." + SIGNATURE;
  }

  @Test
  void aTokenInOrderIsRead() {
    String text = token(HEADER, CLAIMS);
    SignedToken token = SignedToken.read(text);
    assertThat(token.text()).isEqualTo(text);
    assertThat(token.algorithm()).isEqualTo("ES256");
    assertThat(token.key()).isEqualTo("k1");
    assertThat(token.claims()).isEqualTo(new JsonObject(CLAIMS));
    assertThat(token.toString()).isEqualTo("a token of " + text.length() + " characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
        "HS256", "HS384", "HS512"
      })
  void aKeyNeedNotBeNamed(String algorithm) {
    SignedToken token = SignedToken.read(token("{\"alg\":\"" + algorithm + "\"}", CLAIMS));
    assertThat(token.algorithm()).isEqualTo(algorithm);
    assertThat(token.key()).isNull();
  }

  private record Confused(String token, String complaint) {
    @Override
    public String toString() {
      return complaint + ": " + (token.length() > 80 ? token.substring(0, 80) : token);
    }
  }

  private static Confused header(String header, String complaint) {
    return new Confused(token(header, CLAIMS), complaint);
  }

  static Stream<Confused> confused() {
    String algorithms = "\"alg\" must be one of RS, PS, ES, HS with 256, 384 or 512, or EdDSA";
    String type = "\"typ\" must be JWT or at+jwt";
    String key = "\"kid\" must have 1 to 128 printable ASCII characters";
    String three = "it must be a signed JWT, three parts with dots between them";
    String object =
        " must be a JSON object that has no key twice, up to 16 levels and numbers of up to 32"
            + " digits";
    String encoding = " must be base64url without padding, and not empty";
    byte[] latin = "{\"alg\":\"ES256\",\"x\":\"\u00e4\"}".getBytes(StandardCharsets.ISO_8859_1);
    return Stream.of(
        header("{\"alg\":\"none\"}", algorithms),
        header("{\"alg\":\"NONE\"}", algorithms),
        header("{\"alg\":\"\"}", algorithms),
        header("{\"alg\":\"es256\"}", algorithms),
        header("{\"alg\":\"ES256 \"}", algorithms),
        header("{\"alg\":\"ES256K\"}", algorithms),
        header("{\"alg\":\"RS1\"}", algorithms),
        header("{}", algorithms),
        header("{\"alg\":null}", "\"alg\" must be a text"),
        header("{\"alg\":[\"ES256\"]}", "\"alg\" must be a text"),
        header("{\"alg\":\"none\",\"alg\":\"ES256\"}", "its header" + object),
        header("{\"alg\":\"ES256\",\"\\u0061lg\":\"none\"}", "its header" + object),
        header("{\"alg\":\"ES256\",\"crit\":[\"exp\"]}", "its header must not have \"crit\""),
        header("{\"alg\":\"ES256\",\"jku\":\"https://x\"}", "its header must not have \"jku\""),
        header("{\"alg\":\"ES256\",\"jwk\":{}}", "its header must not have \"jwk\""),
        header("{\"alg\":\"ES256\",\"x5u\":\"https://x\"}", "its header must not have \"x5u\""),
        header("{\"alg\":\"ES256\",\"x5c\":[]}", "its header must not have \"x5c\""),
        header("{\"alg\":\"ES256\",\"b64\":false}", "its header must not have \"b64\""),
        header("{\"alg\":\"ES256\",\"zip\":\"DEF\"}", "its header must not have \"zip\""),
        header("{\"alg\":\"ES256\",\"enc\":\"A128GCM\"}", "its header must not have \"enc\""),
        header("{\"alg\":\"ES256\",\"typ\":\"JWE\"}", type),
        header("{\"alg\":\"ES256\",\"typ\":\"logout+jwt\"}", type),
        header("{\"alg\":\"ES256\",\"typ\":1}", "\"typ\" must be a text"),
        header("{\"alg\":\"ES256\",\"kid\":\"\"}", key),
        header("{\"alg\":\"ES256\",\"kid\":\"a b\"}", key),
        header("{\"alg\":\"ES256\",\"kid\":\"a\\u0000\"}", key),
        header("{\"alg\":\"ES256\",\"kid\":\"\u00e4\"}", key),
        header("{\"alg\":\"ES256\",\"kid\":\"" + "k".repeat(129) + "\"}", key),
        header("{\"alg\":\"ES256\",\"kid\":7}", "\"kid\" must be a text"),
        header("[\"ES256\"]", "its header" + object),
        header("null", "its header" + object),
        header("ES256", "its header" + object),
        header(HEADER + HEADER, "its header" + object),
        header("{\"alg\":\"ES256\"", "its header" + object),
        new Confused(
            encode(latin) + "." + encode(CLAIMS) + "." + SIGNATURE, "its header is not UTF-8"),
        new Confused(token(HEADER, "{\"exp\":1,\"exp\":2}"), "its payload" + object),
        new Confused(token(HEADER, "{\"exp\":" + "9".repeat(33) + "}"), "its payload" + object),
        new Confused(
            token(HEADER, "{\"a\":" + "[".repeat(17) + "]".repeat(17) + "}"),
            "its payload" + object),
        new Confused(token(HEADER, "7"), "its payload" + object),
        new Confused("", three),
        new Confused("a.b", three),
        new Confused(token(HEADER, CLAIMS) + ".x", three),
        new Confused(token(HEADER, CLAIMS) + ".x.y", three),
        new Confused("." + encode(CLAIMS) + "." + SIGNATURE, "its header" + encoding),
        new Confused(encode(HEADER) + ".." + SIGNATURE, "its payload" + encoding),
        new Confused(encode(HEADER) + "." + encode(CLAIMS) + ".", "its signature" + encoding),
        new Confused(token(HEADER, CLAIMS) + "=", "its signature" + encoding),
        new Confused(token(HEADER, CLAIMS) + "+", "its signature" + encoding),
        new Confused(" " + token(HEADER, CLAIMS), "its header" + encoding),
        new Confused(encode(HEADER) + "." + encode(CLAIMS) + ".AB", "its signature" + encoding),
        new Confused("x".repeat(8_193), "it has more than 8192 characters"));
  }

  @ParameterizedTest
  @MethodSource("confused")
  void whatIsConfusedIsRefusedAndNotRepeated(Confused each) {
    assertThatThrownBy(() -> SignedToken.read(each.token))
        .isInstanceOf(UnauthorizedException.class)
        .hasMessage("the token is malformed: " + each.complaint)
        .hasNoCause();
  }
}
