package io.eric.auth.token;

import io.eric.auth.Principal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keys for programs that present the same secret with every request. The hub knows only their
 * SHA-256, which is enough, because a key is random and long: nobody can try them all. Immutable,
 * so safe for any thread.
 */
public final class ApiKeys {

  /** What each key begins with, so that scanners for secrets recognise it. */
  public static final String PREFIX = "eric_";

  private static final int BYTES = 32;
  private static final int LENGTH = PREFIX.length() + 43; // 32 bytes in base64 without padding
  private static final String HASH = "[0-9a-f]{64}";

  private final Map<String, Principal> byHash;

  /**
   * Creates the keys of a hub.
   *
   * @param byHash who presents a key, by {@link #hash} of the key
   * @throws IllegalArgumentException if a hash is none
   */
  public ApiKeys(Map<String, Principal> byHash) {
    this.byHash = new HashMap<>(byHash);
    for (String hash : byHash.keySet()) {
      if (!hash.matches(HASH)) {
        throw new IllegalArgumentException(
            "the hash of a key must have 64 digits out of 0-9 a-f, as `eric key` prints it");
      }
    }
  }

  /** Returns a fresh key of 256 random bits. */
  public static String generate(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Returns the SHA-256 of a key as 64 hexadecimal digits. */
  public static String hash(String key) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) { // every Java platform has it
      throw new IllegalStateException(e);
    }
  }

  /** Returns whose key this is; null if it is nobody's. How long that takes tells nothing of it. */
  public @Nullable Principal find(String key) {
    return key.length() == LENGTH && key.startsWith(PREFIX) ? byHash.get(hash(key)) : null;
  }
}
