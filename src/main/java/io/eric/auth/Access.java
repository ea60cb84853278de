package io.eric.auth;

import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may do what. Every door asks it before anything else happens; what is not granted is
 * refused. Safe for any thread.
 */
public final class Access {

  private final LongSupplier clock;
  private final Predicate<Principal> isRevoked;

  /**
   * Creates the decision point of a hub.
   *
   * @param clock the time in milliseconds since 1970
   * @param isRevoked tells whether a principal's rights were revoked; it is asked for each request,
   *     so it must not block
   */
  public Access(LongSupplier clock, Predicate<Principal> isRevoked) {
    this.clock = clock;
    this.isRevoked = isRevoked;
  }

  /**
   * Decides about a request.
   *
   * @param right what it asks for
   * @param channel the id of the channel that it is about; null for a right that is for the whole
   *     hub
   * @param listener the id of the listener that it is about; null if it is about none
   * @throws IllegalArgumentException if the right is for channels and no channel is given, or for
   *     listeners and no listener is: a door that asks so would let everybody in or nobody
   */
  public Decision decide(
      Principal principal, Right right, @Nullable String channel, @Nullable String listener) {
    if (right == Right.NONE) {
      return Decision.ALLOWED;
    }
    if (clock.getAsLong() >= principal.credential().expiresAtMs()) {
      return Decision.EXPIRED;
    }
    if (isRevoked.test(principal)) {
      return Decision.REVOKED;
    }
    return isGranted(principal.grants(), right, channel, listener)
        ? Decision.ALLOWED
        : Decision.NOT_GRANTED;
  }

  private static boolean isGranted(
      Grants grants, Right right, @Nullable String channel, @Nullable String listener) {
    if (right.reach() == Right.Reach.HUB) {
      return grants.isAdmin();
    }
    if (channel == null || (right.reach() == Right.Reach.LISTENER && listener == null)) {
      throw new IllegalArgumentException(
          "the right " + right.claim() + " is asked for without saying what for");
    }
    return grants.has(right, channel, listener);
  }
}
