package io.eric.log.file;

import io.eric.log.Entry;
import org.jspecify.annotations.Nullable;

/** Where the content of an entry is: in a segment, and for a while in memory too. */
final class EntryLocation {

  final Segment segment;
  final int offset;

  /** How many bytes the record takes, with its frame. */
  final int length;

  final DroppedMarks lane;

  /** Set and cleared by the writer, which bounds how much is cached. */
  volatile @Nullable Entry cached;

  EntryLocation(Segment segment, int offset, int length, DroppedMarks lane) {
    this.segment = segment;
    this.offset = offset;
    this.length = length;
    this.lane = lane;
  }
}
