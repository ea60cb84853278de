package io.eric.http;

import io.eric.EricException;
import io.eric.ForbiddenException;
import io.eric.InvalidMessageFormatException;

/**
 * The reason why a request is refused.
 *
 * @param status the HTTP status
 * @param error the error in the body
 */
record Refusal(int status, EricException error) {

  /**
   * Returns the refusal of a request that is malformed, not accepted or meant for another server.
   */
  static Refusal of(int status, String reason) {
    return new Refusal(status, new InvalidMessageFormatException(reason));
  }

  /** Returns the refusal of something that the client may not do. */
  static Refusal forbidden(String reason) {
    return new Refusal(403, new ForbiddenException(reason));
  }
}
