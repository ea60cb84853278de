package io.eric.auth;

import io.eric.EricException;
import io.eric.ForbiddenException;
import io.eric.UnauthorizedException;

/** What {@link Access} has decided, with the reason. */
public enum Decision {
  /** The principal has the right. */
  ALLOWED(""),

  /** The principal's token has expired. */
  EXPIRED("the token has expired"),

  /** The principal's token, its subject or the key of its token was revoked. */
  REVOKED("the token was revoked"),

  /** The principal has no grant for this. Whether the channel exists is not told by this. */
  NOT_GRANTED("the token does not grant this");

  private final String reason;

  Decision(String reason) {
    this.reason = reason;
  }

  /** Returns whether the request may go on. */
  public boolean isAllowed() {
    return this == ALLOWED;
  }

  /**
   * Returns the error that a door answers with.
   *
   * @param right what was asked for
   * @throws IllegalStateException if the request is allowed
   */
  public EricException refusal(Right right) {
    return switch (this) {
      case ALLOWED -> throw new IllegalStateException("the request is allowed");
      case EXPIRED, REVOKED -> new UnauthorizedException(reason);
      case NOT_GRANTED -> new ForbiddenException(reason + ": it needs the right " + right.claim());
    };
  }
}
