package io.eric.app.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Shows how far a publisher has come: a line that is rewritten while it runs, and a summary. */
final class ProgressLine {

  private static final long INTERVAL_NANOS = 200_000_000;

  private final PrintWriter line;
  private final boolean shown;
  private final long start = System.nanoTime();
  private long lastShown = start;

  ProgressLine(PrintWriter line, boolean shown) {
    this.line = line;
    this.shown = shown;
  }

  /**
   * Returns whether standard error is a terminal. Java cannot tell, so the answer is true on Linux
   * only.
   */
  static boolean isTerminal() {
    try {
      Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/2"));
      return target.startsWith("/dev/pts") || target.toString().startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** Shows how many messages were acknowledged, at most five times per second. */
  void at(long messages) {
    long now = System.nanoTime();
    if (shown && now - lastShown >= INTERVAL_NANOS) {
      lastShown = now;
      line.print("\r" + text(messages, now));
      line.flush();
    }
  }

  /** Removes the line and returns the summary. */
  String finish(long messages) {
    if (shown) {
      line.print("\r\033[K");
      line.flush();
    }
    return text(messages, System.nanoTime());
  }

  private String text(long messages, long now) {
    double seconds = Math.max(1, now - start) / 1e9;
    return String.format(
        Locale.ROOT,
        "%d messages in %.2f s, %.0f per second",
        messages,
        seconds,
        messages / seconds);
  }
}
