package io.eric.cluster.link;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Cuts the bytes of a connection into frames, each of which follows its length in four bytes. A
 * frame takes memory as its bytes arrive, whatever length it claims. Not safe for several threads.
 */
final class FrameReader {

  private static final int LENGTH_BYTES = 4;
  private static final byte[] NONE = {};

  private int largest;
  private int lengthBytes;
  private int length;
  private byte[] frame = NONE;
  private int filled;

  /** Refuses frames larger than this. */
  FrameReader(int largest) {
    this.largest = largest;
  }

  /** Allows the frames that begin from now on to have this many bytes. */
  void allow(int bytes) {
    largest = bytes;
  }

  /**
   * Takes the next bytes.
   *
   * @param frames takes each frame that is whole, and says whether to go on
   * @throws IllegalArgumentException if a frame is too large or empty; the rest of the connection
   *     is of no use then
   */
  void read(Buffer bytes, Predicate<byte[]> frames) {
    int at = 0;
    int end = bytes.length();
    while (at < end) {
      if (lengthBytes < LENGTH_BYTES) {
        length = length << 8 | bytes.getUnsignedByte(at++);
        if (++lengthBytes == LENGTH_BYTES) {
          check();
        }
        continue;
      }
      int part = Math.min(end - at, length - filled);
      if (frame.length - filled < part) {
        int room = (int) Math.min(length, Math.max((long) filled + part, 2L * frame.length));
        frame = Arrays.copyOf(frame, room);
      }
      bytes.getBytes(at, at + part, frame, filled);
      at += part;
      filled += part;
      if (filled == length) {
        byte[] whole = frame;
        frame = NONE;
        filled = 0;
        length = 0;
        lengthBytes = 0;
        if (!frames.test(whole)) {
          return;
        }
      }
    }
  }

  private void check() {
    long claimed = Integer.toUnsignedLong(length);
    if (claimed == 0 || claimed > largest) {
      throw new IllegalArgumentException(
          "a frame of " + claimed + " bytes, 1 to " + largest + " are allowed");
    }
  }

  /** Returns the bytes of a frame as they go over a connection. */
  static Buffer framed(byte[] frame) {
    return append(Buffer.buffer(frame.length + LENGTH_BYTES), frame);
  }

  /** Appends a frame as it goes over a connection. */
  static Buffer append(Buffer bytes, byte[] frame) {
    return bytes.appendInt(frame.length).appendBytes(frame);
  }

  /** Returns how many bytes a frame takes on a connection. */
  static int size(byte[] frame) {
    return frame.length + LENGTH_BYTES;
  }
}
