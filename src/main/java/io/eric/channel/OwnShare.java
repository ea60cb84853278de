package io.eric.channel;

import io.eric.log.MessageLog.Usage;
import io.eric.log.RetentionOptions;

/**
 * One listener's own dispatches may use at most half of the limit, so that it crowds nobody out.
 */
final class OwnShare {

  private OwnShare() {}

  /** Whether one more message of this size would be too much. */
  static boolean isExceeded(RetentionOptions limit, Usage own, int size) {
    return own.messages() >= Math.max(1, limit.limitMessages() / 2)
        || own.bytes() + size > Math.max(1, limit.limitBytes() / 2);
  }
}
