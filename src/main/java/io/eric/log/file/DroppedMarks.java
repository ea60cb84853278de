package io.eric.log.file;

import org.jspecify.annotations.Nullable;

/**
 * What has been dropped of the messages with the same readers: all broadcasts of a channel, or the
 * dispatches to one listener. They are dropped oldest first, so two numbers say it all. Written on
 * the channel's context, read by the writer.
 */
final class DroppedMarks {

  final @Nullable String receiver;

  /** The last one dropped; of a lane that is not read from a file, before the segments' counts. */
  private volatile long through;

  private volatile long throughOverflow;

  /** Its listener is gone; what is in it counts no more. Known to the writer only. */
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

  /** Whether an entry of this lane is still wanted. */
  boolean keeps(long sequence) {
    return !forgotten && sequence > through;
  }
}
