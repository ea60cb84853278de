package io.eric.channel.internal.overflow;

/** A message that was accepted and waits for its place in the log. */
public interface QueuedMessage {

  /** Returns how many bytes the message will count for in the log. */
  long size();
}
