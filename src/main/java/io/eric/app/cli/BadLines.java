package io.eric.app.cli;

import io.eric.InvalidMessageFormatException;
import java.io.PrintWriter;
import java.util.Locale;

/** What becomes of lines that cannot be published, and what is said of them. */
final class BadLines {

  /** What to do with one. */
  enum Policy {
    /** End, with what came before it published. */
    STOP,
    /** Leave it out. */
    SKIP,
    /** Put U+FFFD in place of what is not UTF-8; leave out what cannot be mended. */
    REPLACE;

    /** As it is typed. */
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

  /** Whether what is not UTF-8 is to be replaced. */
  boolean mayReplace() {
    return policy == Policy.REPLACE;
  }

  /** A line was mended. */
  void replaced(long number) {
    replaced++;
    explain("line " + number + " is not UTF-8, published with U+FFFD in it");
  }

  /**
   * A line cannot be published.
   *
   * @param complaint begins with the line's number
   * @throws InvalidMessageFormatException if that is the end
   */
  void refuse(String complaint) {
    if (policy == Policy.STOP) {
      throw new InvalidMessageFormatException(
          complaint + ", to go on after such lines: --on-bad-line skip, or replace");
    }
    skipped++;
    explain(complaint + ", skipped");
  }

  /** A log with nothing but bad lines must not fill another one with complaints. */
  private void explain(String text) {
    if (skipped + replaced <= EXPLAINED) {
      err.println("eric: " + text);
      err.flush();
    }
  }

  /** Says how many there were. */
  void finish() {
    if (skipped + replaced > 0) {
      err.println("eric: " + skipped + " lines skipped, " + replaced + " published with U+FFFD");
      err.flush();
    }
  }
}
