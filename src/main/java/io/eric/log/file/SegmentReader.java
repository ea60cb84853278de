package io.eric.log.file;

import java.io.IOException;
import java.util.Arrays;

/** Passes over the records of a segment from its start, through a window of bounded size. */
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

  /** Reads what the segment has at this moment. */
  SegmentReader(Segment segment) {
    this.segment = segment;
    this.end = segment.length;
  }

  /** Where the present record's frame stands, or where there is no valid one. */
  long offset() {
    return offset;
  }

  /** The present record with its frame, in bytes. */
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

  /** Whether all that the segment has was valid, after {@link #next} has returned false. */
  boolean isAtEnd() {
    return offset == end;
  }

  /** The content of the present record. */
  RecordInput content() {
    return new RecordInput(window, at() + FileFormat.FRAME, length - FileFormat.FRAME);
  }

  /**
   * Whether what stands here, where there is no valid record, is the beginning of one that was not
   * written to its end.
   */
  boolean isUnfinished() throws IOException {
    if (!fetch(offset, FileFormat.FRAME)) {
      return true;
    }
    int expected = format.length(window, at(), segment.number, offset);
    return expected >= 0 && offset + FileFormat.FRAME + expected > end;
  }

  /** Looks behind a place without a valid record for the next one that is valid. */
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

  /** Has the window hold these bytes; false if the segment ends before. */
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
