package io.eric.channel;

import io.eric.log.MessageLog.Usage;
import io.eric.log.RetentionOptions;

/**
 * One listener's own dispatches may use at most half of the limit, so that it crowds nobody out.
 */
final class OwnShare {

  private OwnShare() {}

  /** Whether these amounts together are more than the share. */
  static boolean isExceeded(RetentionOptions limit, Usage own, int moreMessages, long moreBytes) {
    return own.messages() + moreMessages > Math.max(1, limit.limitMessages() / 2)
        || own.bytes() + moreBytes > Math.max(1, limit.limitBytes() / 2);
  }
}
