package io.eric.app.cli;

import io.eric.InvalidMessageFormatException;
import java.io.PrintWriter;
import java.util.Locale;

/** Decides what becomes of lines that cannot be published, and reports them. */
final class BadLines {

  /** What to do with a bad line. */
  enum Policy {
    /** Ends. The lines before it are published. */
    STOP,
    /** Leaves the line out. */
    SKIP,
    /** Puts U+FFFD in place of what is not UTF-8, and leaves out lines that cannot be mended. */
    REPLACE;

    /** Returns the policy as it is typed. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int EXPLAINED = 10;

  private final Policy policy;
  private final PrintWriter err;
  private long skipped;
  private long replaced;

  BadLines(Policy policy, PrintWriter err) {
    this.policy = policy;
    this.err = err;
  }

  /** Returns whether bytes that are not UTF-8 are to be replaced. */
  boolean mayReplace() {
    return policy == Policy.REPLACE;
  }

  /** Reports that a line was mended. */
  void replaced(long number) {
    replaced++;
    explain("line " + number + " is not UTF-8, published with U+FFFD in it");
  }

  /**
   * Reports that a line cannot be published.
   *
   * @param complaint text that begins with the line's number
   * @throws InvalidMessageFormatException if the policy is to stop
   */
  void refuse(String complaint) {
    if (policy == Policy.STOP) {
      throw new InvalidMessageFormatException(
          complaint + ", to go on after such lines: --on-bad-line skip, or replace");
    }
    skipped++;
    explain(complaint + ", skipped");
  }

  /**
   * Explains the first few lines only: an input with nothing but bad lines must not fill standard
   * error.
   */
  private void explain(String text) {
    if (skipped + replaced <= EXPLAINED) {
      err.println("eric: " + text);
      err.flush();
    }
  }

  /** Prints how many bad lines there were. */
  void finish() {
    if (skipped + replaced > 0) {
      err.println("eric: " + skipped + " lines skipped, " + replaced + " published with U+FFFD");
      err.flush();
    }
  }
}
