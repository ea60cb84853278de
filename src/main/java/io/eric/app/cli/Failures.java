package io.eric.app.cli;

import io.eric.EricException;
import io.eric.internal.IoReason;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says on standard error why a command failed, in one line, and chooses the exit code. */
final class Failures implements IExecutionExceptionHandler {

  static final int REFUSED = 1;
  static final int USAGE = 2;

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult arguments) {
    if (failure instanceof BrokenPipeException) {
      // The reader of the output needs no more, as in `eric watch news | head -1`.
      return 0;
    }
    PrintWriter err = command.getErr();
    err.println(text(failure));
    err.flush();
    return failure instanceof IllegalArgumentException ? USAGE : REFUSED;
  }

  private static String text(Exception failure) {
    if (failure instanceof EricException eric) {
      return eric.text();
    }
    if (failure instanceof InvalidPathException) {
      return "eric: " + IoReason.of(failure);
    }
    String message = failure.getMessage();
    return "eric: " + (message == null ? failure.toString() : message);
  }
}
