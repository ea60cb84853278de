package io.eric.channel.internal.overflow;

import io.eric.log.MessageLog.Usage;
import io.eric.options.RetentionOptions;

/**
 * Bounds the dispatches to one listener by half of the log's limit, so that they do not crowd out
 * the messages of other listeners.
 */
public final class OwnShare {

  private OwnShare() {}

  /** Returns whether these amounts together are more than the share. */
  public static boolean isExceeded(
      RetentionOptions limit, Usage own, int moreMessages, long moreBytes) {
    return own.messages() + moreMessages > Math.max(1, limit.limitMessages() / 2)
        || own.bytes() + moreBytes > Math.max(1, limit.limitBytes() / 2);
  }
}
