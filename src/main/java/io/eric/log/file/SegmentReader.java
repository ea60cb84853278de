package io.eric.log.file;

import java.io.IOException;
import java.util.Arrays;

/**
 * Iterates over the records of a segment from its start, through a window that is as large as the
 * largest record needs, and at least 1 MiB.
 */
final class SegmentReader {

  private static final int WINDOW = 1 << 20;

  private final Segment segment;
  private final long end;
  private final FileFormat format = new FileFormat();
  private byte[] window = new byte[WINDOW];
  private long windowStart;
  private int windowLength;
  private long offset;
  private int length;

  /** Creates a reader of what the segment has at this moment. */
  SegmentReader(Segment segment) {
    this.segment = segment;
    this.end = segment.length;
  }

  /** Returns the offset of the present record's frame, or the first one without a valid record. */
  long offset() {
    return offset;
  }

  /** Returns the length of the present record with its frame, in bytes. */
  int length() {
    return length;
  }

  /**
   * Goes on to the next record.
   *
   * @return false at the end of the segment and where there is no valid record
   */
  boolean next() throws IOException {
    offset += length;
    length = 0;
    return isValidAt(offset);
  }

  /** Returns, after {@link #next} has returned false, whether the whole segment was valid. */
  boolean isAtEnd() {
    return offset == end;
  }

  /** Returns the content of the present record. */
  RecordInput content() {
    return new RecordInput(window, at() + FileFormat.FRAME, length - FileFormat.FRAME);
  }

  /**
   * Returns whether the bytes at an offset without a valid record are the beginning of a record
   * that was not written to its end.
   */
  boolean isUnfinished() throws IOException {
    if (!fetch(offset, FileFormat.FRAME)) {
      return true;
    }
    int expected = format.length(window, at(), segment.number, offset);
    return expected >= 0 && offset + FileFormat.FRAME + expected > end;
  }

  /** Searches for the next valid record after an offset that has none. */
  boolean findNext() throws IOException {
    for (long candidate = offset + 1; candidate <= end - FileFormat.FRAME; candidate++) {
      if (isValidAt(candidate)) {
        offset = candidate;
        return true;
      }
    }
    return false;
  }

  private boolean isValidAt(long candidate) throws IOException {
    if (!fetch(candidate, FileFormat.FRAME)) {
      return false;
    }
    int at = (int) (candidate - windowStart);
    int content = format.length(window, at, segment.number, candidate);
    if (content < 0 || !fetch(candidate, FileFormat.FRAME + content)) {
      return false;
    }
    at = (int) (candidate - windowStart);
    if (!format.isIntact(window, at, content, segment.number, candidate)) {
      return false;
    }
    length = FileFormat.FRAME + content;
    return true;
  }

  private int at() {
    return (int) (offset - windowStart);
  }

  /** Loads these bytes into the window; false if the segment ends before the last of them. */
  private boolean fetch(long from, int count) throws IOException {
    if (from + count > end) {
      return false;
    }
    if (from < windowStart || from + count > windowStart + windowLength) {
      if (count > window.length) {
        window = Arrays.copyOf(window, count);
      }
      windowStart = from;
      windowLength = (int) Math.min(window.length, end - from);
      segment.read(window, windowLength, windowStart);
    }
    return true;
  }
}
