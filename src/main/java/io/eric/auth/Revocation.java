package io.eric.auth;

import java.util.Locale;

/**
 * What was revoked: everything that has been issued in one name until a moment.
 *
 * @param kind what the name is one of
 * @param name the name
 * @param issuedBeforeMs credentials that were issued before this are worth nothing, in milliseconds
 *     since 1970; so a subject can be given new tokens afterwards. {@link Long#MAX_VALUE} means all
 */
public record Revocation(Kind kind, String name, long issuedBeforeMs) {

  /** What can be revoked. */
  public enum Kind {
    /** One token ({@code jti}), or one API key. */
    ID,
    /** All tokens of a subject. */
    SUBJECT,
    /** All tokens that a key has signed ({@code kid}). */
    KEY;

    /** Returns the kind as requests and files write it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
