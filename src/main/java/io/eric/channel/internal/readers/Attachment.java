package io.eric.channel.internal.readers;

import org.jspecify.annotations.Nullable;

/**
 * What a started listener's messages go to: exactly one stream of an edge, or one bus consumer, or
 * the workers on its queue.
 */
public sealed interface Attachment permits StreamAttachment, DirectAttachment {

  /** Whether messages are pushed as they come. */
  boolean isLive();

  /** The sequence up to which everything was handed over. */
  long cursor();

  /** The node where it is; null for this one. */
  @Nullable String node();
}
