package io.eric.app.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes to standard output in UTF-8, and notices when its reader is gone, which print streams do
 * not.
 */
final class Output {

  private final OutputStream out =
      new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 64 << 10);

  /** Prints a line, which appears after the next {@link #flush}. */
  void println(String line) throws BrokenPipeException {
    try {
      out.write(line.getBytes(StandardCharsets.UTF_8));
      out.write('\n');
    } catch (IOException e) {
      throw new BrokenPipeException(e);
    }
  }

  void flush() throws BrokenPipeException {
    try {
      out.flush();
    } catch (IOException e) {
      throw new BrokenPipeException(e);
    }
  }
}
