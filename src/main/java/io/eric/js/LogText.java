package io.eric.js;

/**
 * Makes a script's text fit for a log: one line, whatever it holds. Line breaks would start a line
 * that looks like another record, escape sequences would command the reader's terminal, and
 * direction marks would show the text in another order (CWE-117, CWE-150).
 */
final class LogText {

  /** The length in characters beyond which a text is cut. */
  private static final int LONGEST = 65_536;

  private LogText() {}

  /**
   * Returns the text with every character that is not plain escaped, as JavaScript would write it.
   */
  static String oneLine(String text) {
    int end = Math.min(text.length(), LONGEST);
    int first = 0;
    while (first < end && isPlain(text.charAt(first))) {
      first++;
    }
    if (first == text.length()) {
      return text;
    }
    StringBuilder line = new StringBuilder(end + 16).append(text, 0, first);
    for (int i = first; i < end; i++) {
      append(line, text.charAt(i));
    }
    if (end < text.length()) {
      line.append("… (").append(text.length() - end).append(" more characters)");
    }
    return line.toString();
  }

  private static void append(StringBuilder line, char c) {
    if (isPlain(c)) {
      line.append(c);
      return;
    }
    switch (c) {
      case '\n' -> line.append("\\n");
      case '\r' -> line.append("\\r");
      default -> {
        String hex = Integer.toHexString(c);
        line.append("\\u").append("0".repeat(4 - hex.length())).append(hex);
      }
    }
  }

  private static boolean isPlain(char c) {
    if (c < 0x20) {
      return c == '\t';
    }
    return c < 0x7f
        || (c > 0x9f
            && c != '\u061c'
            && (c < '\u200e' || c > '\u200f')
            && (c < '\u2028' || c > '\u202e')
            && (c < '\u2066' || c > '\u2069'));
  }
}
