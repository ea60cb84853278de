package io.eric.js;

/**
 * Files in CommonJS form, which are bodies of functions that are given {@code exports} and {@code
 * require}.
 */
final class CommonJs {

  /** On the file's first line, so that the lines of an error are its own. */
  private static final String HEAD =
      "(function (exports, require, module, __filename, __dirname) {";

  private CommonJs() {}

  /** The expression that evaluates to the function. */
  static String function(String file) {
    String body = file.startsWith("#!") ? "//" + file : file;
    return HEAD + body + "\n})";
  }
}
