package io.eric.log.file;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Puts records into a file, and checks them. Each record has a frame of 12 bytes: the length of its
 * content, a CRC32C of its place and its length, and a CRC32C of these and the content. So a record
 * is valid only at its own place of its own file, and nothing old, moved or doubled passes. The
 * first checksum makes the length trustworthy before the content has been read.
 */
final class FileFormat {

  static final int VERSION = 1;

  /** Bytes of a frame: the length, the checksum of the frame, the checksum of the whole record. */
  static final int FRAME = 12;

  /** Bytes of the largest record. The limit of a payload is far below. */
  static final int MAX_RECORD = 1 << 30;

  private final ByteBuffer place = ByteBuffer.allocate(20);
  private final CRC32C crc = new CRC32C();

  /**
   * Puts the frame before a record.
   *
   * @param bytes ends with the record
   * @param start where room for the frame was left; the record follows it
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
   * Returns the length of the content of the record whose frame is here, in bytes; -1 if there is
   * no valid frame.
   *
   * @param at where in the array the frame is
   * @param file the number of the file
   * @param offset where in the file the frame is
   */
  int length(byte[] array, int at, long file, long offset) {
    int length = intAt(array, at);
    return length > 0
            && length <= MAX_RECORD
            && intAt(array, at + 4) == frameChecksum(file, offset, length)
        ? length
        : -1;
  }

  /** Returns whether a whole record, whose frame is valid, is as it was written. */
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
