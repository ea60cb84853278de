package io.eric.log.file;

import io.eric.log.Entry;
import io.eric.log.Registration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the files. Channels have numbers there, which are never used again. Records of the
 * segments change the store's state one after the other; a checkpoint is written in the same
 * records.
 */
sealed interface LogRecord {

  /** A channel exists from here on; repeated, it has a new epoch. */
  record Channel(int channel, String id, String epoch) implements LogRecord {}

  /** How to make a channel again, in JSON. */
  record Definition(int channel, String json) implements LogRecord {}

  /** A message. */
  record Append(int channel, Entry entry) implements LogRecord {}

  /** Listeners have read so far. */
  record Cursors(int channel, Map<String, Long> cursors) implements LogRecord {}

  /** A listener is kept. */
  record Listener(int channel, String listener, Registration registration) implements LogRecord {}

  /** A listener is gone, with all that was dispatched to it so far. */
  record Forget(int channel, String listener) implements LogRecord {}

  /** A channel is gone. */
  record Deleted(int channel) implements LogRecord {}

  /**
   * This segment was forced to the disk up to an offset, so whatever is broken before it was broken
   * later.
   */
  record Synced(long offset) implements LogRecord {}

  /**
   * The first record of a checkpoint, which holds the state as it was at a place of the log.
   *
   * @param version of all formats
   * @param boot names the boot of the machine it was written under, empty if that is unknown
   * @param always whether that store forced everything before it acknowledged
   * @param closed whether it was closed in order: nothing follows the place
   */
  record Checkpoint(
      int version,
      String boot,
      boolean always,
      boolean closed,
      long segment,
      long offset,
      int nextChannel)
      implements LogRecord {}

  /** A segment that the checkpoint needs, and how long it is; the last one may have grown. */
  record SegmentLength(long segment, long length) implements LogRecord {}

  /** The last sequence that a channel has given. */
  record Last(int channel, long sequence) implements LogRecord {}

  /**
   * What a lane has lost.
   *
   * @param receiver whose dispatches; null for the broadcasts
   */
  record Lost(int channel, @Nullable String receiver, long through, long throughOverflow)
      implements LogRecord {}

  /**
   * What was dispatched to a listener that is gone.
   *
   * @param segment where it went; nothing of it is in a later one
   */
  record Forgotten(int channel, String receiver, long through, long segment) implements LogRecord {}

  /** A publisher's key that may be repeated, of a message that may be gone. */
  record Key(int channel, String key, long sequence, long timestamp) implements LogRecord {}

  /** The last record of a checkpoint. */
  record End() implements LogRecord {}
}
