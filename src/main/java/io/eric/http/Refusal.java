package io.eric.http;

import io.eric.EricException;
import io.eric.ForbiddenException;
import io.eric.InvalidMessageFormatException;

/**
 * Why a request is not taken.
 *
 * @param status what HTTP has for it
 * @param error what is said in the body
 */
record Refusal(int status, EricException error) {

  /** For what is malformed, not accepted or not meant for us. */
  static Refusal of(int status, String reason) {
    return new Refusal(status, new InvalidMessageFormatException(reason));
  }

  /** A refusal of what the client may not do. */
  static Refusal forbidden(String reason) {
    return new Refusal(403, new ForbiddenException(reason));
  }
}
