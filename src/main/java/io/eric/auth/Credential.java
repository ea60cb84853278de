package io.eric.auth;

import org.jspecify.annotations.Nullable;

/**
 * What a principal has proved itself with, as far as it can end or be revoked. Immutable, so safe
 * for any thread.
 *
 * @param id the token's own name ({@code jti}), or the API key's; null if it has none
 * @param key the name of the key that has signed the token ({@code kid}); null if it has none
 * @param issuedAtMs when it was issued, in milliseconds since 1970; 0 if it does not say
 * @param expiresAtMs from when on it is worth nothing, in milliseconds since 1970; {@link
 *     Long#MAX_VALUE} if it does not expire
 */
public record Credential(
    @Nullable String id, @Nullable String key, long issuedAtMs, long expiresAtMs) {

  /** Returns a credential that does not expire and cannot be revoked by a name of its own. */
  static Credential unlimited() {
    return new Credential(null, null, 0, Long.MAX_VALUE);
  }
}
