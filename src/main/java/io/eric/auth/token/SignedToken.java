package io.eric.auth.token;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.eric.UnauthorizedException;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JWT in the compact form (RFC 7519) whose shape is in order and whose <em>signature nobody has
 * verified yet</em>. What could make a library look for a key in the token, or read the token in
 * another way than we do, is refused here. Immutable, so safe for any thread.
 *
 * @param text the token as it came
 * @param algorithm what it says it is signed with, one of {@link #ALGORITHMS}
 * @param key the name of the key that it says it is signed with ({@code kid}); null if it names
 *     none
 * @param claims what it claims
 */
public record SignedToken(String text, String algorithm, @Nullable String key, JsonObject claims) {

  /** The greatest length of a token, in characters. */
  public static final int MAX_LENGTH = 8_192;

  /** What a token may be signed with, by the names of RFC 7518 and RFC 8037. */
  public static final Set<String> ALGORITHMS =
      Set.of(
          "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
          "HS256", "HS384", "HS512");

  /** The greatest length of a key's name, in characters. */
  private static final int MAX_KEY = 128;

  private static final int MAX_DEPTH = 16;
  private static final int MAX_DIGITS = 32;

  /**
   * Parts of a header that bring or point to a key, or that change what the other parts mean. A
   * library that honoured one of them would trust what the sender chose.
   */
  private static final List<String> REFUSED =
      List.of("crit", "jku", "jwk", "x5u", "x5c", "b64", "zip", "enc");

  private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_DIGITS)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Returns the token as nobody should see it: without its text, for logs. */
  @Override
  public String toString() {
    return "a token of " + text.length() + " characters";
  }

  /**
   * Reads a token.
   *
   * @throws UnauthorizedException if its shape is not in order; the message says what is wrong and
   *     has nothing of the token in it
   */
  public static SignedToken read(String text) {
    if (text.length() > MAX_LENGTH) {
      throw refused("it has more than " + MAX_LENGTH + " characters");
    }
    String[] parts = text.split("\\.", -1);
    if (parts.length != 3) {
      throw refused("it must be a signed JWT, three parts with dots between them");
    }
    JsonObject header = object("header", parts[0]);
    for (String name : REFUSED) {
      if (header.containsKey(name)) {
        throw refused("its header must not have \"" + name + "\"");
      }
    }
    String type = text(header, "typ");
    if (type != null && !TYPES.contains(type.toLowerCase(Locale.ROOT))) {
      throw refused("\"typ\" must be JWT or at+jwt");
    }
    String algorithm = text(header, "alg");
    if (algorithm == null || !ALGORITHMS.contains(algorithm)) {
      throw refused("\"alg\" must be one of RS, PS, ES, HS with 256, 384 or 512, or EdDSA");
    }
    String key = text(header, "kid");
    if (key != null && !isKeyName(key)) {
      throw refused("\"kid\" must have 1 to " + MAX_KEY + " printable ASCII characters");
    }
    bytes("signature", parts[2]);
    return new SignedToken(text, algorithm, key, object("payload", parts[1]));
  }

  private static boolean isKeyName(String key) {
    return !key.isEmpty()
        && key.length() <= MAX_KEY
        && key.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  private static @Nullable String text(JsonObject header, String name) {
    if (!header.containsKey(name)) {
      return null;
    }
    if (header.getValue(name) instanceof String text) {
      return text;
    }
    throw refused("\"" + name + "\" must be a text");
  }

  private static JsonObject object(String part, String encoded) {
    byte[] bytes = bytes(part, encoded);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      Map<?, ?> map = MAPPER.readValue(text, Map.class);
      if (map != null) {
        @SuppressWarnings("unchecked") // the keys of a JSON object are texts
        JsonObject object = new JsonObject((Map<String, Object>) map);
        return object;
      }
    } catch (CharacterCodingException e) {
      throw refused("its " + part + " is not UTF-8");
    } catch (JsonProcessingException e) {
      // Falls through, because the message of the parser has parts of the token in it.
    }
    throw refused(
        "its "
            + part
            + " must be a JSON object that has no key twice, up to "
            + MAX_DEPTH
            + " levels and numbers of up to "
            + MAX_DIGITS
            + " digits");
  }

  private static byte[] bytes(String part, String encoded) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(encoded);
      // One token has one text, or a list of texts that are revoked could be evaded.
      if (bytes.length > 0
          && Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(encoded)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // The message of the decoder has a character of the token in it.
    }
    throw refused("its " + part + " must be base64url without padding, and not empty");
  }

  private static UnauthorizedException refused(String why) {
    return new UnauthorizedException("the token is malformed: " + why);
  }
}
