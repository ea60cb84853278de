package io.eric.app.cli;

import io.eric.PayloadTooLargeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines as bytes. A line ends with LF or CR LF, or with the input. A line that is too long is
 * refused before it is read to its end. For one thread; methods block.
 */
final class LineInput {

  private final InputStream in;
  private final int maxLength;
  private final byte[] buffer = new byte[64 << 10];
  private int position;
  private int end;

  /** Reads lines of at most {@code maxLength} bytes, not counting the line feed. */
  LineInput(InputStream in, int maxLength) {
    this.in = in;
    this.maxLength = maxLength;
  }

  /**
   * Returns the next line without its end; null when there is none.
   *
   * @throws PayloadTooLargeException if the line is longer than the limit; {@link #skipRest} passes
   *     over the rest of it
   */
  byte @Nullable [] next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    boolean any = false;
    while (position < end || fill()) {
      any = true;
      int lf = indexOfLf();
      line.write(buffer, position, lf - position);
      if (line.size() > maxLength) {
        position = lf; // skipRest reads the rest of the line
        throw new PayloadTooLargeException("a line is longer than " + maxLength + " bytes");
      }
      if (lf < end) {
        position = lf + 1;
        return withoutCr(line.toByteArray());
      }
      position = end;
    }
    return any ? line.toByteArray() : null;
  }

  /** Skips the rest of a line that was too long, without keeping it. */
  void skipRest() throws IOException {
    while (position < end || fill()) {
      int lf = indexOfLf();
      position = Math.min(lf + 1, end);
      if (lf < end) {
        return;
      }
    }
  }

  private int indexOfLf() {
    int i = position;
    while (i < end && buffer[i] != '\n') {
      i++;
    }
    return i;
  }

  private boolean fill() throws IOException {
    position = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  private static byte[] withoutCr(byte[] line) {
    return line.length > 0 && line[line.length - 1] == '\r'
        ? Arrays.copyOf(line, line.length - 1)
        : line;
  }
}
