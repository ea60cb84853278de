package io.eric.log.file;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How records stand in a file. Each has a frame of 12 bytes: the length of what follows, and two
 * CRC32C, of where it stands and how long it is, and of that and its content. A record is valid
 * only at its own place of its own file, so nothing old, moved or doubled passes; and a length can
 * be trusted before what it measures is there.
 */
final class FileFormat {

  static final int VERSION = 1;

  /** Length, checksum of the frame, checksum of all. */
  static final int FRAME = 12;

  /** No record is larger: a payload's limit is far below. */
  static final int MAX_RECORD = 1 << 30;

  private final ByteBuffer place = ByteBuffer.allocate(20);
  private final CRC32C crc = new CRC32C();

  /**
   * Puts the frame before a record.
   *
   * @param start where the frame's place was left free; the record follows it to the end
   * @param file the number of the file
   * @param offset where in the file the frame will stand
   */
  void seal(RecordOutput bytes, int start, long file, long offset) {
    int length = bytes.length() - start - FRAME;
    bytes.setInt(start, length);
    bytes.setInt(start + 4, frameChecksum(file, offset, length));
    crc.update(bytes.array(), start + FRAME, length);
    bytes.setInt(start + 8, (int) crc.getValue());
  }

  /**
   * The length of the record whose frame stands here.
   *
   * @return -1 if this is no frame
   */
  int length(byte[] array, int at, long file, long offset) {
    int length = intAt(array, at);
    return length > 0
            && length <= MAX_RECORD
            && intAt(array, at + 4) == frameChecksum(file, offset, length)
        ? length
        : -1;
  }

  /** Whether the whole record, whose frame is valid, is as it was written. */
  boolean isIntact(byte[] array, int at, int length, long file, long offset) {
    frameChecksum(file, offset, length);
    crc.update(array, at + FRAME, length);
    return intAt(array, at + 8) == (int) crc.getValue();
  }

  private int frameChecksum(long file, long offset, int length) {
    place.clear().putLong(file).putLong(offset).putInt(length);
    crc.reset();
    crc.update(place.array(), 0, place.capacity());
    return (int) crc.getValue();
  }

  private static int intAt(byte[] array, int at) {
    return (array[at] & 0xFF) << 24
        | (array[at + 1] & 0xFF) << 16
        | (array[at + 2] & 0xFF) << 8
        | array[at + 3] & 0xFF;
  }
}
