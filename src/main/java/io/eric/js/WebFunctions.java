package io.eric.js;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.graalvm.polyglot.proxy.ProxyExecutable;

/**
 * The functions that {@code web.js} and {@code console.js} take from Java: clocks, randomness,
 * base64.
 */
final class WebFunctions {

  /**
   * The value of {@code process.env.NODE_ENV}, by which packages decide whether to check how they
   * are used.
   */
  private static final String NODE_ENV =
      Objects.requireNonNullElse(System.getenv("NODE_ENV"), "production");

  private final SecureRandom random = new SecureRandom();
  private final long origin = System.nanoTime();
  private final double originMs = System.currentTimeMillis();

  Map<String, ProxyExecutable> functions() {
    return Map.of(
        "now", none -> (System.nanoTime() - origin) / 1e6,
        "timeOrigin", none -> originMs,
        "nodeEnv", none -> NODE_ENV,
        "randomBytes", arguments -> randomBytes(arguments[0].asInt()),
        "randomUuid", none -> UUID.randomUUID().toString(),
        "toBase64", arguments -> toBase64(arguments[0].asString()),
        "fromBase64", arguments -> fromBase64(arguments[0].asString()));
  }

  /** Returns random bytes as a buffer, which becomes an {@code ArrayBuffer}. */
  private ByteBuffer randomBytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  private static String toBase64(String bytes) {
    return Base64.getEncoder().encodeToString(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String fromBase64(String text) {
    return new String(Base64.getDecoder().decode(text), StandardCharsets.ISO_8859_1);
  }
}
