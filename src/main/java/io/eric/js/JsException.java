package io.eric.js;

import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.PolyglotException.StackFrame;
import org.graalvm.polyglot.SourceSection;
import org.graalvm.polyglot.Value;
import org.jspecify.annotations.Nullable;

/**
 * A script has failed. The message is that of JavaScript, with the place: file, line and column.
 *
 * <p>The stack trace is the script's. Immutable, so safe for any thread.
 */
public final class JsException extends RuntimeException {

  static final String STOPPED = "stopped while it held its thread";

  private static final long serialVersionUID = 1L;

  private final String place;

  JsException(String message) {
    super(LogText.oneLine(message), null, false, false);
    this.place = "";
  }

  private JsException(String message, String place, PolyglotException failure) {
    super(LogText.oneLine(message + place), null, false, true);
    this.place = place;
    setStackTrace(
        java.util.stream.StreamSupport.stream(failure.getPolyglotStackTrace().spliterator(), false)
            .filter(JsException::isOfScript)
            .map(JsException::element)
            .toArray(StackTraceElement[]::new));
  }

  /** Converts what was caught when a script was called. */
  static JsException of(RuntimeException failure, ModuleFiles files) {
    if (failure instanceof JsException known) {
      return known;
    }
    if (!(failure instanceof PolyglotException js)) {
      return new JsException(String.valueOf(failure.getMessage()));
    }
    SourceSection place = place(js);
    return new JsException(message(js), place == null ? "" : " at " + shown(place, files), js);
  }

  /**
   * Returns an exception with the same place, if it is known, for a script that was stopped there
   * from outside.
   */
  JsException asStop() {
    return new JsException(STOPPED + place);
  }

  /**
   * Returns the message as one line. The message of a syntax error has more lines: the line with
   * the error, and a mark below it.
   */
  private static String message(PolyglotException js) {
    String message = String.valueOf(js.getMessage());
    String[] lines = message.split("\r?\n", 3);
    return js.isSyntaxError() && lines.length > 1 ? lines[0] + ": " + lines[1].strip() : message;
  }

  /** Converts what a script threw, or rejected a promise with, which may be any value. */
  static JsException of(Value thrown, ModuleFiles files) {
    if (thrown.isException()) {
      try {
        throw thrown.throwException();
      } catch (RuntimeException failure) {
        return of(failure, files);
      }
    }
    return new JsException(thrown.isString() ? thrown.asString() : thrown.toString());
  }

  /** Returns the innermost place that is in a file of the user. */
  private static @Nullable SourceSection place(PolyglotException failure) {
    SourceSection own = failure.getSourceLocation();
    if (own != null && own.hasLines() && !own.getSource().isInternal()) {
      return own;
    }
    for (StackFrame frame : failure.getPolyglotStackTrace()) {
      if (isOfScript(frame)) {
        return frame.getSourceLocation();
      }
    }
    return null;
  }

  private static boolean isOfScript(StackFrame frame) {
    SourceSection place = frame.isGuestFrame() ? frame.getSourceLocation() : null;
    return place != null && place.hasLines() && !place.getSource().isInternal();
  }

  private static StackTraceElement element(StackFrame frame) {
    SourceSection place = frame.getSourceLocation();
    return new StackTraceElement(
        "js",
        LogText.oneLine(String.valueOf(frame.getRootName())),
        LogText.oneLine(place.getSource().getName()),
        place.getStartLine());
  }

  private static String shown(SourceSection place, ModuleFiles files) {
    String path = place.getSource().getPath();
    return (path == null ? place.getSource().getName() : files.shown(path))
        + ':'
        + place.getStartLine()
        + ':'
        + place.getStartColumn();
  }
}
