package io.eric.cluster;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands of the machine. */
final class Commands {

  private Commands() {}

  /** Runs a command, whose words are separated by spaces; fails if it fails. */
  static void run(String command) throws IOException, InterruptedException {
    if (status(command) != 0) {
      throw new IOException("failed: " + command);
    }
  }

  /** Returns the exit code of a command; -1 if it does not end or there is no such command. */
  static int status(String command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(List.of(command.split(" ")))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(20, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } catch (IOException noSuchCommand) {
      return -1;
    }
  }
}
