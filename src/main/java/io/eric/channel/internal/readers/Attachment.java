package io.eric.channel.internal.readers;

import org.jspecify.annotations.Nullable;

/**
 * Takes a started listener's messages. It is a stream of an edge, a bus consumer, or the workers on
 * the listener's queue; a listener has one attachment at most.
 */
public sealed interface Attachment permits StreamAttachment, DirectAttachment {

  /** Returns whether messages are pushed as they come. */
  boolean isLive();

  /** Returns the sequence up to which everything was handed over. */
  long cursor();

  /** Returns the node where the attachment is; null for this one. */
  @Nullable String node();
}
