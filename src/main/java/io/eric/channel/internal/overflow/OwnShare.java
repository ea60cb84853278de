package io.eric.channel.internal.overflow;

import io.eric.log.MessageLog.Usage;
import io.eric.options.RetentionOptions;

/**
 * One listener's own dispatches may use at most half of the limit, so that it crowds nobody out.
 */
public final class OwnShare {

  private OwnShare() {}

  /** Whether these amounts together are more than the share. */
  public static boolean isExceeded(
      RetentionOptions limit, Usage own, int moreMessages, long moreBytes) {
    return own.messages() + moreMessages > Math.max(1, limit.limitMessages() / 2)
        || own.bytes() + moreBytes > Math.max(1, limit.limitBytes() / 2);
  }
}
