package io.eric.log.file;

import org.jspecify.annotations.Nullable;

/**
 * Remembers what has been dropped from one lane: from all broadcasts of a channel, or from the
 * dispatches to one listener. Entries of a lane are dropped oldest first, so two numbers are
 * enough. Written on the channel's context, read by the writer.
 */
final class DroppedMarks {

  final @Nullable String receiver;

  /**
   * The last sequence dropped. The channel's context writes it before it lowers the segment's count
   * of live entries, so a segment that counts none is covered by it.
   */
  private volatile long through;

  private volatile long throughOverflow;

  /**
   * Whether the listener was removed, so that no entry counts any more. Used by the writer only.
   */
  private boolean forgotten;

  DroppedMarks(@Nullable String receiver) {
    this.receiver = receiver;
  }

  long through() {
    return through;
  }

  long throughOverflow() {
    return throughOverflow;
  }

  void dropped(long sequence, boolean overflow) {
    through = sequence;
    if (overflow) {
      throughOverflow = sequence;
    }
  }

  void restore(long through, long throughOverflow) {
    this.through = through;
    this.throughOverflow = throughOverflow;
  }

  void forget() {
    forgotten = true;
  }

  /** Returns whether an entry of this lane is still wanted. */
  boolean keeps(long sequence) {
    return !forgotten && sequence > through;
  }
}
