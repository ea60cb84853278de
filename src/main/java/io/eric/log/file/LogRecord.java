package io.eric.log.file;

import io.eric.log.Entry;
import io.eric.log.Registration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record in the files. There, channels have numbers, which are never used again. The records of
 * the segments change the store's state one after the other; a checkpoint consists of records of
 * the same kinds.
 */
sealed interface LogRecord {

  /** Says that a channel exists from here on. If it existed already, it has a new epoch. */
  record Channel(int channel, String id, String epoch) implements LogRecord {}

  /** Says with which options, in JSON, a channel is to be created again. */
  record Definition(int channel, String json) implements LogRecord {}

  /** Holds a message. */
  record Append(int channel, Entry entry) implements LogRecord {}

  /** Says how far listeners have read. */
  record Cursors(int channel, Map<String, Long> cursors) implements LogRecord {}

  /** Holds a listener's registration. */
  record Listener(int channel, String listener, Registration registration) implements LogRecord {}

  /** Says that a listener was removed, with everything that was dispatched to it so far. */
  record Forget(int channel, String listener) implements LogRecord {}

  /** Says that a channel was deleted. */
  record Deleted(int channel) implements LogRecord {}

  /**
   * Says that this segment was forced to the disk up to an offset. So a record before the offset
   * that is broken now was whole once, and was damaged later.
   */
  record Synced(long offset) implements LogRecord {}

  /**
   * The first record of a checkpoint, which holds the state as it was at a place of the log.
   *
   * @param version the version of the formats of all files
   * @param boot the name of the boot of the machine that it was written under; empty if unknown
   * @param always whether the store forced everything to the disk before it acknowledged
   * @param closed whether the store was closed in order, so that nothing follows the place
   * @param segment the segment of the place
   * @param offset the offset of the place in that segment, in bytes
   * @param nextChannel the number of the next new channel
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

  /**
   * Names a segment that belongs to the log, and its length in bytes. The last segment may have
   * grown since.
   */
  record SegmentLength(long segment, long length) implements LogRecord {}

  /** Holds the last sequence that a channel has used. */
  record Last(int channel, long sequence) implements LogRecord {}

  /**
   * Says what a lane has lost.
   *
   * @param receiver the listener whose dispatches they were; null for the broadcasts
   */
  record Lost(int channel, @Nullable String receiver, long through, long throughOverflow)
      implements LogRecord {}

  /**
   * Says that everything dispatched to a removed listener up to a sequence is void.
   *
   * @param segment the newest segment that may have such messages
   */
  record Forgotten(int channel, String receiver, long through, long segment) implements LogRecord {}

  /**
   * Holds a publisher's key, by which a repeat is recognised. Its message may not be kept any more.
   */
  record Key(int channel, String key, long sequence, long timestamp) implements LogRecord {}

  /** Ends a checkpoint. */
  record End() implements LogRecord {}
}
