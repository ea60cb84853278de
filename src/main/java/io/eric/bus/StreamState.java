package io.eric.bus;

/** What a channel and the reading side of a stream have agreed on. */
public enum StreamState {
  /** It reads, or is busy with what it has read. */
  READING,
  /** It has read everything; the next message wakes it. */
  WAITING,
  /** It is pushed to, and what it read before is not handed to the kernel yet. */
  LIVE_UNSETTLED,
  /** It is pushed to, and follows its edge's acknowledgements. */
  LIVE,
  /** It is being taken away: nothing is pushed to it, and it reads nothing. */
  ENDING
}
