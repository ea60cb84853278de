package io.eric.js;

/**
 * Wraps files in CommonJS form, which are bodies of functions with parameters like {@code exports}
 * and {@code require}.
 */
final class CommonJs {

  /** The head stands on the file's first line, so that errors have the line numbers of the file. */
  private static final String HEAD =
      "(function (exports, require, module, __filename, __dirname) {";

  private CommonJs() {}

  /** Returns an expression that evaluates to the function. */
  static String function(String file) {
    String body = file.startsWith("#!") ? "//" + file : file;
    return HEAD + body + "\n})";
  }
}
