package io.eric.app.cli;

import java.io.IOException;

/** The reader of standard output is gone. */
final class BrokenPipeException extends IOException {

  private static final long serialVersionUID = 1L;

  BrokenPipeException(IOException cause) {
    super(cause);
  }
}
