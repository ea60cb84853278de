package io.eric;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Generates and checks the ids of channels and listeners, which have 1 to 128 characters out of
 * {@code A-Z a-z 0-9 . _ ~ -}. Safe for any thread.
 */
public final class Ids {

  /** The greatest length of an id, in characters. */
  public static final int MAX_LENGTH = 128;

  private Ids() {}

  /** Returns a fresh id: a random UUID (version 4) in lower case, 36 characters. */
  public static String random() {
    return UUID.randomUUID().toString();
  }

  /** Returns whether {@code id} may name a channel or a listener. */
  public static boolean isValid(@Nullable String id) {
    if (id == null || id.isEmpty() || id.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean allowed =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == '~'
              || c == '-';
      if (!allowed) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the id if it is valid.
   *
   * @param what what the id names, for the error: {@code "channel"} or {@code "listener"}
   * @throws InvalidMessageFormatException if the id is missing or not valid
   */
  public static String check(String what, @Nullable String id) {
    if (id == null) {
      throw new InvalidMessageFormatException("the " + what + " id is missing");
    }
    if (!isValid(id)) {
      throw new InvalidMessageFormatException(
          "a " + what + " id has 1 to " + MAX_LENGTH + " characters out of A-Z a-z 0-9 . _ ~ -");
    }
    return id;
  }
}
